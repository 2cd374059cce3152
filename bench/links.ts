import { setTimeout as pause } from 'node:timers/promises';
import type { ConversationId } from '#protocol/ids.ts';
import { accountWith } from '#tests/links/chats.fixture.ts';
import { startDevice } from '#tests/links/device.fixture.ts';
import { openSlowLine } from '#tests/links/slow-line.fixture.ts';
import { startBuiltServer } from './built-server.ts';

/*
 * A new device behind a slow line, from the moment of having signed in: when the first chat, the first 50 and everything is
 * on the device, what that cost in bytes, and how long its own messages wait meanwhile. Each figure is beside its limit.
 * `npm run bench bench/links.ts [case]`, after `node scripts/setup.mjs`
 */
const [FIRST, FIFTY, ALL] = ['first chat', 'first 50', 'complete'] as const;

interface Case {
  chats: number;
  kilobitsPerSecond: number;
  latencyMs: number;
  /** Seconds. */
  limits: { [FIRST]?: number; [FIFTY]?: number; [ALL]?: number; acknowledged?: number };
}

const cases: Case[] = [
  { chats: 41, kilobitsPerSecond: 50, latencyMs: 800, limits: { [FIRST]: 12, [ALL]: 60, acknowledged: 4 } },
  { chats: 41, kilobitsPerSecond: 30, latencyMs: 2_000, limits: { [FIRST]: 25 } },
  { chats: 1_000, kilobitsPerSecond: 50, latencyMs: 400, limits: { [FIFTY]: 20 } },
];
const say = (line: string) => process.stdout.write(`${line}\n`);
const chosen = process.argv[2] === undefined ? cases : cases.slice(Number(process.argv[2]) - 1).slice(0, 1);
const { origin, close } = await startBuiltServer();
try {
  for (const one of chosen) await measure(one);
} finally {
  await close();
}

async function measure({ chats, kilobitsPerSecond, latencyMs, limits }: Case): Promise<void> {
  const { person, chats: streams } = await accountWith(origin, chats);
  const bytesPerSecond = (kilobitsPerSecond * 1_000) / 8;
  const line = await openSlowLine(Number(new URL(origin).port), { bytesPerSecond, latencyMs });
  const device = startDevice({ person, origin: line.origin });
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  const reached: Partial<Record<string, number>> = {};
  const waits: number[] = [];
  let isWaiting = false;
  let sending: Promise<void> | undefined;
  const give = () => {
    if (limits.acknowledged === undefined || isWaiting || reached[FIRST] === undefined) return;
    isWaiting = true;
    const since = performance.now();
    const [stream] = streams as [ConversationId];
    sending = (async () => {
      await device.settled(await device.send(stream, `written at ${since}`));
      waits.push((performance.now() - since) / 1_000);
      isWaiting = false;
    })();
  };
  while (reached[ALL] === undefined && seconds() < 180) {
    const rows = await device.store.conversations();
    // What the list needs to show a chat: its record and its last message.
    const shown = rows.filter(({ record, lastMessage }) => record !== undefined && lastMessage !== undefined).length;
    if (shown >= 1) reached[FIRST] ??= seconds();
    if (shown >= Math.min(50, chats)) reached[FIFTY] ??= seconds();
    if (device.status()?.phase === 'online') reached[ALL] ??= seconds();
    give();
    await pause(50);
  }
  await sending;
  if (waits.length > 0) reached['acknowledged'] = waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.95)];
  const { up, down } = line.bytes();
  say(
    `${chats} chats at ${kilobitsPerSecond} kbit/s, ${latencyMs} ms: ${up} bytes up, ${down} down, ${line.opened()} connections`,
  );
  // Messages are sent only where there is a limit for their acknowledgement.
  const measured = limits.acknowledged === undefined ? [FIRST, FIFTY, ALL] : [FIRST, FIFTY, ALL, 'acknowledged'];
  for (const name of measured) {
    const limit = (limits as Record<string, number | undefined>)[name];
    const after = reached[name] === undefined ? 'not reached' : `${reached[name].toFixed(1)} s`;
    say(`  ${name}: ${after}${limit === undefined ? '' : ` (at most ${limit})`}`);
  }
  device.close();
  await line.close();
}
