import type { Page } from 'playwright-core';
import { groupStream } from '#protocol/ids.ts';
import { idOf, newId, openStage, push, registered } from './browser-people.ts';
import { median } from './child.ts';
import { leastWork, recordsOf } from './least-work.ts';

/*
 * A device that was offline pulls 10,000 messages, compared with the least work that a browser can do for them: one fetch and one
 * bulkPut of Dexie, with as many indexes, once with a row per message and once with packs of sixteen, like the app. Medians of
 * interleaved rounds in one browser. `npm run bench bench/catch-up.ts [rounds] [messages]`, after `node scripts/setup.mjs`;
 * CHROMIUM_PATH names a browser
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
    rows.push(await leastWork(browser, [records], 1));
    packs.push(await leastWork(browser, [records], 16));
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
