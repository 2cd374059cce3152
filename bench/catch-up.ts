import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page, chromium } from 'playwright-core';
import { groupStream, uuidV7 } from '#protocol/ids.ts';
import { endChildren, median, startChild } from './child.ts';

/*
 * A device that was away pulls 10,000 messages, beside the least that a browser can do for the same rows: one fetch and
 * one IndexedDB transaction with as many indexes. Interleaved rounds in one browser, medians.
 * `npm run bench bench/catch-up.ts [rounds] [messages]`, after `node scripts/setup.mjs`; CHROMIUM_PATH names a browser
 */
const rounds = Number(process.argv[2] ?? 3);
const missed = Number(process.argv[3] ?? 10_000);
const say = (line: string) => process.stdout.write(`${line}\n`);
const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
const text = 'A message as long as people write them, some hundred characters or so, on the way from one to the other.';
const dataDir = mkdtempSync(join(tmpdir(), 'teamlink-bench-'));

const origin = await startChild([process.execPath, join('dist', 'server', 'main.js')], /localhost:(\d+)/, {
  PORT: '0',
  DATA_DIR: dataDir,
  RATE_LIMIT: 'off',
  LOG_LEVEL: 'error',
});
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const [ann, bob] = [await signedUp('Ann'), await signedUp('Bob')];
  const bobId = await idOf(bob);
  const [ours, floor] = [[] as number[], [] as number[]];
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
    for (let at = 0; at < missed; at += 100) await push(ann, ops.slice(at, at + 100));
    const began = performance.now();
    await bob.context().setOffline(false);
    await untilHeld(bob, stream, missed);
    ours.push(performance.now() - began);
    floor.push(await leastWork(ann, stream, missed));
    say(`round ${round + 1}: ${Math.round(ours.at(-1) ?? 0)} ms beside ${Math.round(floor.at(-1) ?? 0)} ms`);
  }
  const [of, by] = [median(ours), median(floor)];
  say(
    `${missed} missed messages in ${Math.round(of)} ms, beside ${Math.round(by)} ms for the least work: ${(of / by).toFixed(2)}`,
  );
} finally {
  await browser.close();
  await endChildren();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);

async function signedUp(name: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: origin });
  const page = await context.newPage();
  const account = { name, email: `${name}@example.org`, password: 'a long password' };
  await page.request.post('/api/auth/sign-up/email', { data: account });
  await page.goto('/');
  await page.getByText('Nobody here yet').filter({ visible: true }).first().waitFor();
  return page;
}

async function idOf(page: Page): Promise<string> {
  return ((await (await page.request.get('/api/auth/get-session')).json()) as { user: { id: string } }).user.id;
}

async function push(page: Page, ops: object[]): Promise<void> {
  const answer = await page.request.post('/api/sync/push', { data: { ops } });
  if (!answer.ok()) throw new Error(await answer.text());
}

/** Polls the device's own rows, cheaply: the cursor's row alone. */
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

/** The same records by one fetch after the other of the largest page, put in one transaction a page, two indexes. */
function leastWork(page: Page, stream: string, count: number): Promise<number> {
  return page.evaluate(
    async ([name, wanted]) => {
      const database = `floor-${name}`;
      const opened = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open(database);
        request.addEventListener('upgradeneeded', () => {
          const store = request.result.createObjectStore('messages', { keyPath: ['stream', 'seq'] });
          store.createIndex('id', ['stream', 'id']);
        });
        request.addEventListener('success', () => resolve(request.result));
      });
      const began = performance.now();
      for (let after = 0; after < wanted;) {
        const answer = await fetch('/api/sync/history', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ stream: name, after, limit: 1_000 }),
        });
        const { records } = (await answer.json()) as { records: { seq: number }[] };
        const transaction = opened.transaction('messages', 'readwrite', { durability: 'strict' });
        for (const record of records) transaction.objectStore('messages').put(record);
        await new Promise((resolve) => transaction.addEventListener('complete', resolve));
        after = records.at(-1)?.seq ?? wanted;
      }
      const tookMs = performance.now() - began;
      opened.close();
      indexedDB.deleteDatabase(database);
      return tookMs;
    },
    [stream, count] as const,
  );
}
