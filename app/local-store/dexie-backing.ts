import { Dexie, type IntervalTree, type PromiseExtended, type Transaction } from 'dexie';
import { namesOf } from './error-names.ts';
import type { Changed } from './local-store.ts';
import { StoreRefused } from './refused.ts';
import type { Backing, ChangedKeys, Rows, TableName } from './rows.ts';
import { rowsOf, type Tables } from './tables.ts';

/** Delays before a transaction is retried on a new connection. The last ones give a waking phone time to recover. */
const REPLAYS_AFTER_MS = [0, 100, 500, 2_000];

const LOST = ['InvalidStateError', 'UnknownError', 'DatabaseClosedError', 'AbortError'];

/** Transactions over Dexie. If the browser kills the connection during one, it is retried on a new connection: rules may run twice. [ask 30] */
export function backingOver(tables: Tables): Backing {
  // Dexie's own promises throughout: they carry the context of the live query, which native promises lose.
  function run<T>(mode: 'r' | 'rw', body: (rows: Rows) => Promise<T>, tries = 0): PromiseExtended<T> {
    let ended: IDBTransaction | undefined;
    // Dexie keeps track of the running transaction with a zone. Within it each `await` costs several times as much, and a write
    // may await a thousand times without a request, after which Dexie loses track. A write therefore runs outside the zone, on the
    // transaction's own tables, which do not need it. A live query needs it, and Dexie follows only functions declared `async`.
    const reading = async (transaction: Transaction): Promise<T> => {
      ended = transaction.idbtrans;
      return body(rowsOf(tables));
    };
    const writing = (transaction: Transaction): Promise<T> => {
      ended = transaction.idbtrans;
      return Dexie.ignoreTransaction(() => body(rowsOf(transaction as unknown as Tables)));
    };
    return tables
      .transaction(mode, tables.tables, mode === 'r' ? reading : writing)
      .catch((error: unknown): PromiseExtended<T> => {
        // When the quota is exceeded, requests report only that they were aborted; the transaction has the reason.
        const names = [...namesOf(error), ...namesOf(ended?.error)];
        if (names.includes('QuotaExceededError')) throw new StoreRefused('full', error);
        // Nothing else aborts a transaction here; errors thrown by a rule are passed on.
        if (!names.some((name) => LOST.includes(name))) throw error;
        if (tables.hasBeenClosed()) throw new StoreRefused('closed', error);
        const waitMs = REPLAYS_AFTER_MS[tries];
        if (waitMs === undefined) throw new StoreRefused('lost', error);
        // The connection may be broken without knowing it: close it, and the next transaction opens a new one.
        tables.close({ disableAutoOpen: false });
        return pause(waitMs).then(() => run(mode, body, tries + 1));
      });
  }

  return {
    read: (body) => run('r', body),
    write: (body) => run('rw', body),
    observe(query, onValue, onError) {
      const subscription = Dexie.liveQuery(query).subscribe(onValue, onError);
      return () => subscription.unsubscribe();
    },
    onChange(names, listener) {
      const look = (parts: Readonly<Record<string, IntervalTree>>) => {
        const changed = changedIn(parts, tables.name, names);
        // The write has ended, but its transaction may still be the context here.
        if (Object.keys(changed).length > 0) Dexie.ignoreTransaction(() => listener(changed));
      };
      Dexie.on.storagemutated.subscribe(look);
      return () => Dexie.on.storagemutated.unsubscribe(look);
    },
    close: () => tables.close(),
  };
}

function changedIn<Name extends TableName>(
  parts: Readonly<Record<string, IntervalTree>>,
  database: string,
  names: readonly Name[],
): ChangedKeys<Name> {
  const changed: ChangedKeys<Name> = {};
  for (const name of names) {
    // `all` means every table of every database: the page has come back from the browser's cache of pages.
    const isPacked = name === 'messages';
    const tree = parts['all'] ?? parts[`idb://${database}/${isPacked ? 'packs' : name}/`];
    // Dexie's keys have no types. Those of a pack are not those of its messages.
    if (tree !== undefined) changed[name] = (isPacked ? 'all' : keysIn(tree)) as ChangedKeys<Name>[Name];
  }
  return changed;
}

function keysIn(tree: IntervalTree): Changed<unknown> {
  const keys: unknown[] = [];
  const open: (IntervalTree | null | undefined)[] = [tree];
  while (open.length > 0) {
    const node = open.pop();
    if (node === undefined || node === null || !('from' in node)) continue;
    if (node.from !== node.to) return 'all';
    keys.push(node.from);
    open.push(node.l, node.r);
  }
  return keys;
}

function pause(ms: number): PromiseExtended<void> {
  return new Dexie.Promise((resolve) => void setTimeout(resolve, ms));
}
