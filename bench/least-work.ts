import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

export interface StoredRecord {
  stream: string;
  seq: number;
  id: string;
  rev: number;
}

/** All messages of a chat. */
export async function recordsOf(page: Page, stream: string): Promise<StoredRecord[]> {
  const all: StoredRecord[] = [];
  for (;;) {
    const answer = await page.request.post('/api/sync/history', {
      data: { stream, after: all.at(-1)?.seq ?? 0, limit: 1_000 },
    });
    const { records } = (await answer.json()) as { records: StoredRecord[] };
    if (records.length === 0) return all;
    all.push(...records);
  }
}

/**
 * The least work that a browser can do for these answers, in a page on a separate origin: it fetches each of them, and puts its
 * messages with Dexie in one transaction, with as many messages per row and as many indexes as the app. Returns the milliseconds
 * until all are durable.
 */
export async function leastWork(
  browser: Browser,
  answers: readonly (readonly StoredRecord[])[],
  inRow: number,
): Promise<number> {
  const files = new Map<string, [type: string, body: string | Buffer]>([
    ['/', ['text/html', '<!doctype html><script src="/dexie.js"></script>']],
    ['/dexie.js', ['text/javascript', readFileSync(join('node_modules', 'dexie', 'dist', 'dexie.min.js'))]],
    ...answers.map((records, at): [string, [string, string]] => [
      `/${at}.json`,
      ['application/json', JSON.stringify(records)],
    ]),
  ]);
  const server = createServer((request, response) => {
    const [type, body] = files.get(request.url ?? '') ?? ['text/plain', ''];
    response.setHeader('content-type', type).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as { port: number }).port}/`);
    return await page.evaluate(
      async ([count, size]) => {
        type Made = {
          version(n: number): { stores(of: object): void };
          open(): Promise<unknown>;
          table(name: string): { bulkPut(rows: object[]): Promise<unknown> };
        };
        type Read = { stream: string; seq: number; id: string; rev: number };
        const { Dexie } = globalThis as unknown as { Dexie: new (name: string, options: object) => Made };
        const database = new Dexie('floor', { chromeTransactionDurability: 'strict' });
        database.version(1).stores({ packs: '[stream+nth], *ids, [stream+rev]' });
        await database.open();
        const began = performance.now();
        for (let at = 0; at < count; at++) {
          const records = (await (await fetch(`/${at}.json`)).json()) as Read[];
          const rows = new Map<string, Read[]>();
          for (const record of records) {
            const name = `${record.stream} ${Math.floor(record.seq / size)}`;
            rows.set(name, [...(rows.get(name) ?? []), record]);
          }
          const packs = [...rows.values()].map((messages) => {
            const { stream = '', seq = 0, rev = 0 } = messages.at(-1) ?? {};
            return { stream, nth: Math.floor(seq / size), rev, ids: messages.map(({ id }) => id), messages };
          });
          await database.table('packs').bulkPut(packs);
        }
        return performance.now() - began;
      },
      [answers.length, inRow] as const,
    );
  } finally {
    await context.close();
    server.close();
  }
}
