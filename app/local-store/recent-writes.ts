import type { MessageRecord } from '#protocol/record.ts';
import type { RecentWrites, Written } from './local-store.ts';
import type { Rows, RowTable } from './rows.ts';

/** A live query that has not read again after this many writes will do so with the next one anyway. */
const KEPT = 50;
const MOST_MESSAGES = 100;

export interface NotedWrites extends RecentWrites {
  /** To be called once the write is durable. */
  add(written: Written): void;
  /**
   * Announces messages that have arrived and are about to be written. The server sends them again if this device loses them, so
   * they can be shown before they are on the disk.
   */
  expect(messages: readonly MessageRecord[]): Expected;
}

interface Expected {
  /** Whether a view draws them in this task. */
  isShown: boolean;
  /** To be called when the messages are written, or could not be. */
  end: () => void;
}

export function createRecentWrites(): NotedWrites {
  const kept: Written[] = [];
  const expected = new Set<Written>();
  const lasts = new Map<string, number>();
  const listeners = new Set<() => void>();
  let number = 0;
  let lastRemoval = 0;
  // A posted message runs as the next task, while a timer may run several tasks later. The channel is open only while somebody listens.
  let channel: MessageChannel | undefined;
  const tell = () => {
    for (const each of listeners) each();
  };
  const keep = (written: Written) => {
    number += 1;
    kept.push(written);
    if (kept.length > KEPT) kept.shift();
  };
  return {
    count: () => number,
    since: (count) => [...(number > count ? kept.slice(Math.max(0, kept.length - (number - count))) : []), ...expected],
    lastOf: (stream) => Math.max(lastRemoval, lasts.get(stream) ?? 0),
    listen(listener) {
      listeners.add(listener);
      if (channel === undefined) {
        channel = new MessageChannel();
        channel.port1.onmessage = tell;
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        channel?.port1.close();
        channel = undefined;
      };
    },
    add(written) {
      if (written.messages.size === 0 && written.ops.size === 0) return;
      // A page of a catch-up is not kept, because it is large and its live query reads it anyway.
      keep(written.messages.size > MOST_MESSAGES ? nothingWritten() : written);
      for (const { stream } of written.messages.values()) lasts.set(stream, number);
      for (const row of written.ops.values()) {
        if (row === undefined) lastRemoval = number;
        else lasts.set(row.stream, number);
      }
      // Runs after the code that waits for this write, so that a packet is sent before anything is drawn.
      channel?.port2.postMessage(undefined);
    },
    expect(messages) {
      const written = { ...nothingWritten(), isExpected: true as const };
      // It gets a number too, so that the views notice it.
      keep(nothingWritten());
      for (const message of messages) {
        written.messages.set(message.id, message);
        lasts.set(message.stream, number);
        expected.add(written);
      }
      tell();
      return { isShown: listeners.size > 0, end: () => void expected.delete(written) };
    },
  };
}

export function nothingWritten(): Written {
  return { messages: new Map(), ops: new Map() };
}

/** The rows of a transaction, which also note what is written to them. */
export function noting(rows: Rows, { messages, ops }: Written): Rows {
  return {
    ...rows,
    messages: notingTable(
      rows.messages,
      (message) => messages.set(message.id, message),
      () => undefined,
    ),
    outbox: notingTable(
      rows.outbox,
      (row) => ops.set(row.id, row),
      (id) => ops.set(id, undefined),
    ),
  };
}

function notingTable<T, K>(table: RowTable<T, K>, onPut: (row: T) => void, onDelete: (key: K) => void): RowTable<T, K> {
  return {
    get: (key) => table.get(key),
    bulkGet: (keys) => table.bulkGet(keys),
    put(row) {
      onPut(row);
      return table.put(row);
    },
    bulkPut(rows) {
      for (const row of rows) onPut(row);
      return table.bulkPut(rows);
    },
    delete(key) {
      onDelete(key);
      return table.delete(key);
    },
    bulkDelete(keys) {
      for (const key of keys) onDelete(key);
      return table.bulkDelete(keys);
    },
    clear: () => table.clear(),
    toArray: () => table.toArray(),
  };
}
