import { Dexie, type PromiseExtended } from 'dexie';
import { namesOf } from './error-names.ts';
import { StoreRefused } from './refused.ts';
import type { Backing, Rows } from './rows.ts';
import { rowsOf, type Tables } from './tables.ts';

/** Waits before a transaction is run again on a new connection: at once, then longer, as long as a phone takes to wake. */
const REPLAYS_AFTER_MS = [0, 100, 500, 2_000];

const LOST = ['InvalidStateError', 'UnknownError', 'DatabaseClosedError', 'AbortError'];

/** Transactions over Dexie. One whose connection was killed under it is run again on a new one: rules may run twice. [ask 30] */
export function backingOver(tables: Tables): Backing {
  const rows = rowsOf(tables);
  // Dexie's own promises all through: they carry the live query that is asking, which native ones lose on the way.
  function run<T>(mode: 'r' | 'rw', body: (rows: Rows) => Promise<T>, tries = 0): PromiseExtended<T> {
    let ended: IDBTransaction | undefined;
    return tables
      .transaction(mode, tables.tables, async (transaction) => {
        ended = transaction.idbtrans;
        return body(rows);
      })
      .catch((error: unknown): PromiseExtended<T> => {
        // Where room runs out in the middle, requests say only that they were aborted; the transaction says why.
        const names = [...namesOf(error), ...namesOf(ended?.error)];
        if (names.includes('QuotaExceededError')) throw new StoreRefused('full', error);
        // Nothing else aborts a transaction here: what a rule throws comes as it is.
        if (!names.some((name) => LOST.includes(name))) throw error;
        if (tables.hasBeenClosed()) throw new StoreRefused('closed', error);
        const waitMs = REPLAYS_AFTER_MS[tries];
        if (waitMs === undefined) throw new StoreRefused('lost', error);
        // A connection that is broken and does not know it is let go; the next transaction opens another.
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
    close: () => tables.close(),
  };
}

function pause(ms: number): PromiseExtended<void> {
  return new Dexie.Promise((resolve) => void setTimeout(resolve, ms));
}
