import { Dexie, type PromiseExtended } from 'dexie';
import { namesOf } from './error-names.ts';
import { StoreRefused } from './refused.ts';
import type { Backing, Rows } from './rows.ts';
import { rowsOf, type Tables } from './tables.ts';

/** Delays before a transaction is retried on a new connection. The last ones give a waking phone time to recover. */
const REPLAYS_AFTER_MS = [0, 100, 500, 2_000];

const LOST = ['InvalidStateError', 'UnknownError', 'DatabaseClosedError', 'AbortError'];

/** Transactions over Dexie. If the browser kills the connection during one, it is retried on a new connection: rules may run twice. [ask 30] */
export function backingOver(tables: Tables): Backing {
  const rows = rowsOf(tables);
  // Dexie's own promises throughout: they carry the context of the live query, which native promises lose.
  function run<T>(mode: 'r' | 'rw', body: (rows: Rows) => Promise<T>, tries = 0): PromiseExtended<T> {
    let ended: IDBTransaction | undefined;
    return tables
      .transaction(mode, tables.tables, async (transaction) => {
        ended = transaction.idbtrans;
        return body(rows);
      })
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
      const parts = names.map((name) => `idb://${tables.name}/${name}/`);
      const look = (changed: Record<string, unknown>) => {
        if (!Object.keys(changed).some((part) => parts.some((start) => part.startsWith(start)))) return;
        // The write has ended, but its transaction may still be the context here.
        Dexie.ignoreTransaction(listener);
      };
      Dexie.on.storagemutated.subscribe(look);
      return () => Dexie.on.storagemutated.unsubscribe(look);
    },
    close: () => tables.close(),
  };
}

function pause(ms: number): PromiseExtended<void> {
  return new Dexie.Promise((resolve) => void setTimeout(resolve, ms));
}
