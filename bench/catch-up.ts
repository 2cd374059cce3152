import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { groupStream } from '#protocol/ids.ts';
import { idOf, newId, openStage, push, registered } from './browser-people.ts';
import { median } from './child.ts';

/*
 * A device that was offline pulls 10,000 messages, compared with the least work a browser can do for them: one fetch and one bulkPut of
 * Dexie's, with as many indexes, once with a row for each message and once with packs of sixteen, as the app has them. Medians of
 * interleaved rounds in one browser.
 * `npm run bench bench/catch-up.ts [rounds] [messages]`, after `node scripts/setup.mjs`; CHROMIUM_PATH names a browser
 */
const rounds = Number(process.argv[2] ?? 3);
const missed = Number(process.argv[3] ?? 10_000);
const say = (line: string) => process.stdout.write(`${line}\n`);
const text = 'A message as long as people write them, some hundred characters or so, on the way from one to the other.';
const { origin, browser, close } = await openStage();
try {
  const [ann, bob] = [await signedUp('Ann'), await signedUp('Bob')];
  const bobId = await idOf(bob);
  const [ours, rows, packs] = [[] as number[], [] as number[], [] as number[]];
  for (let round = 0; round < rounds; round++) {
    const stream = groupStream(newId());
    await push(ann, [{ id: newId(), stream, kind: 'conversation.create', title: `G${round}`, memberIds: [bobId] }]);
    await bob.getByRole('link', { name: `G${round}`, exact: true }).waitFor();
    await bob.context().setOffline(true);
    const ops = Array.from({ length: missed }, () => ({
      id: newId(),
      stream,
      kind: 'message.send',
      text,
      sentAt: new Date().toISOString(),
    }));
    await push(ann, ops);
    const began = performance.now();
    await bob.context().setOffline(false);
    await untilHeld(bob, stream, missed);
    ours.push(performance.now() - began);
    const records = await recordsOf(ann, stream);
    rows.push(await leastWork(records, 1));
    packs.push(await leastWork(records, 16));
    const [of, byRows, byPacks] = [ours, rows, packs].map((all) => Math.round(all.at(-1) ?? 0));
    say(`round ${round + 1}: ${of} ms beside ${byRows} ms for rows and ${byPacks} ms for packs`);
  }
  const [of, byRows, byPacks] = [median(ours), median(rows), median(packs)];
  say(
    `${missed} missed messages in ${Math.round(of)} ms, beside ${Math.round(byRows)} ms for the least work with a row for each ` +
      `(${(of / byRows).toFixed(2)}) and ${Math.round(byPacks)} ms with packs (${(of / byPacks).toFixed(2)})`,
  );
} finally {
  await close();
}
process.exit(0);

async function signedUp(name: string): Promise<Page> {
  const page = await registered(browser, origin, name);
  await page.goto('/');
  await page.getByText('No chats yet').filter({ visible: true }).first().waitFor();
  return page;
}

/** Polls the device's database, reading only the cursor so that polling is cheap. */
async function untilHeld(page: Page, stream: string, seq: number): Promise<void> {
  await page.evaluate(
    async ([name, wanted]) => {
      const databases = await indexedDB.databases();
      const found = databases.map((each) => each.name ?? '').find((each) => each.startsWith('teamlink-person-')) ?? '';
      const opened = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open(found);
        request.addEventListener('success', () => resolve(request.result));
      });
      for (;;) {
        const row = await new Promise<{ lastSeq: number } | undefined>((resolve) => {
          const request = opened.transaction('conversations').objectStore('conversations').get(name);
          request.addEventListener('success', () => resolve(request.result as never));
        });
        if ((row?.lastSeq ?? 0) >= wanted) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      opened.close();
    },
    [stream, seq] as const,
  );
}

async function recordsOf(page: Page, stream: string): Promise<object[]> {
  const all: { seq: number }[] = [];
  for (;;) {
    const answer = await page.request.post('/api/sync/history', {
      data: { stream, after: all.at(-1)?.seq ?? 0, limit: 1_000 },
    });
    const { records } = (await answer.json()) as { records: { seq: number }[] };
    if (records.length === 0) return all;
    all.push(...records);
  }
}

/** The baseline, in a page on an origin of its own, with so many messages in a row. Milliseconds until they are durable. */
async function leastWork(records: object[], size: number): Promise<number> {
  const answers: Record<string, [string, string | Buffer]> = {
    '/': ['text/html', '<!doctype html><script src="/dexie.js"></script>'],
    '/dexie.js': ['text/javascript', readFileSync(join('node_modules', 'dexie', 'dist', 'dexie.min.js'))],
    '/records.json': ['application/json', JSON.stringify(records)],
  };
  const server = createServer((request, response) => {
    const [type, body] = answers[request.url ?? ''] ?? ['text/plain', ''];
    response.setHeader('content-type', type).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as { port: number }).port}/`);
    return await page.evaluate(async (inRow) => {
      type Made = {
        version(n: number): { stores(of: object): void };
        open(): Promise<unknown>;
        table(name: string): { bulkPut(rows: object[]): Promise<unknown> };
      };
      const { Dexie } = globalThis as unknown as { Dexie: new (name: string, options: object) => Made };
      const database = new Dexie('floor', { chromeTransactionDurability: 'strict' });
      database.version(1).stores({ messages: '[stream+seq], *ids, [stream+rev]' });
      await database.open();
      const began = performance.now();
      const all = (await (await fetch('/records.json')).json()) as {
        stream: string;
        seq: number;
        id: string;
        rev: number;
      }[];
      const stored = Array.from({ length: Math.ceil(all.length / inRow) }, (_, at) => {
        const messages = all.slice(at * inRow, (at + 1) * inRow);
        const { stream = '', seq = 0, rev = 0 } = messages.at(-1) ?? {};
        return { stream, seq, rev, ids: messages.map(({ id }) => id), messages };
      });
      await database.table('messages').bulkPut(stored);
      return performance.now() - began;
    }, size);
  } finally {
    await context.close();
    server.close();
  }
}
