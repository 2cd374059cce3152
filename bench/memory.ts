import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { groupStream, uuidV7 } from '#protocol/ids.ts';
import { type Person, signUp, startBuiltServer } from './built-server.ts';
import { type Memory, memoryOf } from './child.ts';
import { type ThinClient, connectThin } from './thin-client.ts';

/*
 * How much memory a built server uses: after its start, for each idle connection, and after many messages and a quiet time.
 * Its own memory and the mapped pages of the database file are counted apart, because the system takes the latter back when
 * it needs them. Limits: 60 kB for each connection, and 350 MB of its own after 200,000 messages and quiet. Linux only.
 * `npm run bench bench/memory.ts -- [--connections 2000] [--messages 200000] [--quiet 60] [FLAG…]`, after `node scripts/setup.mjs`;
 * FLAGs are for Node, by default those of `npm start`.
 */
const { values: options, positionals: flags } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: 'string', default: '2000' },
    messages: { type: 'string', default: '200000' },
    chats: { type: 'string', default: '4800' },
    quiet: { type: 'string', default: '60' },
  },
});
const CONNECTIONS = Number(options.connections);
const MESSAGES = Number(options.messages);
const CHATS_EACH = Math.ceil(Number(options.chats) / 48);
const QUIET_MS = Number(options.quiet) * 1_000;
/** The server allows a person 50. */
const PER_PERSON = 40;
const SENDERS = 48;
const WINDOW = 16;
const MAX_KB_PER_CONNECTION = 60;
const MAX_OWN_MB = 350;

const say = (line: string) => process.stdout.write(`${line}\n`);
const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
const text = 'A message as long as people write them, some hundred characters or so, on the way from one to the other.';

interface Sender {
  client: ThinClient;
  streams: readonly string[];
}

const { origin, close } = await startBuiltServer({ flags });
try {
  report('after the start', memoryOf(origin));
  const people: Person[] = [];
  const count = Math.max(SENDERS, Math.ceil(CONNECTIONS / PER_PERSON));
  for (let at = 0; at < count; at++) people.push(await signUp(origin, `Person ${at}`));
  const senders: Sender[] = [];
  for (let at = 0; at < SENDERS; at++) senders.push(await openSender(at, people));
  // The collector's space for young objects grows with the first messages, which is not a cost of connections.
  await send(senders, 10_000);
  await pause(3_000);
  if (CONNECTIONS > 0) await connections(people, senders);
  await messages(senders);
} finally {
  await close();
}
process.exit(0);

/** The slope, each time after as many messages, so that the collector has run as often. */
async function connections(people: readonly Person[], senders: readonly Sender[]): Promise<void> {
  const idle: ThinClient[] = [];
  const seen: number[] = [];
  for (const wanted of [0, CONNECTIONS / 2, CONNECTIONS]) {
    for (; idle.length < wanted;)
      idle.push(
        ...(await Promise.all(
          people.slice(0, 20).map((_, at) => open(people[(idle.length + at) % people.length] as Person)),
        )),
      );
    await send(senders, 5_000);
    await pause(5_000);
    const memory = memoryOf(origin);
    seen.push(memory.ownKilobytes);
    report(`${idle.length} idle connections`, memory);
  }
  const [none = 0, half = 0, all = 0] = seen;
  const each = (from: number, to: number, number: number) => ((to - from) / number).toFixed(0);
  say(
    `each connection: ${each(none, half, CONNECTIONS / 2)} kB for the first half, ${each(half, all, CONNECTIONS / 2)} kB for the second   (limit ${MAX_KB_PER_CONNECTION} kB)`,
  );
  for (const client of idle) client.close();
}

async function messages(senders: readonly Sender[]): Promise<void> {
  const started = performance.now();
  await send(senders, MESSAGES);
  report(
    `after ${MESSAGES} messages, ${((MESSAGES * 1_000) / (performance.now() - started)).toFixed(0)}/s`,
    memoryOf(origin),
  );
  await pause(QUIET_MS);
  const memory = memoryOf(origin);
  report(`and ${QUIET_MS / 1_000} s of quiet`, memory);
  say(`of its own: ${(memory.ownKilobytes / 1_024).toFixed(0)} MB   (limit ${MAX_OWN_MB} MB)`);
}

function report(when: string, { ownKilobytes, mappedKilobytes }: Memory): void {
  const [own, mapped] = [ownKilobytes, mappedKilobytes].map((kilobytes) => `${(kilobytes / 1_024).toFixed(0)} MB`);
  say(`${when.padEnd(40)} own ${own?.padStart(7)}   mapped files ${mapped?.padStart(7)}`);
}

async function send(senders: readonly Sender[], count: number): Promise<void> {
  let left = count;
  const work = async ({ client, streams }: Sender) => {
    while (left-- > 0) {
      const stream = streams[left % streams.length];
      const op = { id: newId(), stream, kind: 'message.send', text, sentAt: new Date().toISOString() };
      await client.ask('push', JSON.stringify({ ops: [op] }));
    }
  };
  await Promise.all(senders.flatMap((sender) => Array.from({ length: WINDOW }, () => work(sender))));
}

function open({ cookie }: Person): Promise<ThinClient> {
  return connectThin(origin, cookie, { protocol: 1, device: crypto.randomUUID() }, { compresses: true });
}

async function openSender(at: number, all: readonly Person[]): Promise<Sender> {
  const client = await open(all[at] as Person);
  const memberIds = [1, 2, 3].map((distance) => (all[(at + distance) % all.length] as Person).userId);
  const streams = Array.from({ length: CHATS_EACH }, () => groupStream(newId()));
  for (let made = 0; made < streams.length; made += 50) {
    const ops = streams
      .slice(made, made + 50)
      .map((stream) => ({ id: newId(), stream, kind: 'conversation.create', title: 'Group', memberIds }));
    await client.ask('push', JSON.stringify({ ops }));
  }
  return { client, streams };
}
