import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { directStream, uuidV7 } from '#protocol/ids.ts';
import { type Person, signUp } from './built-server.ts';
import {
  cpuMicros,
  endChildren,
  median,
  residentKilobytes,
  scriptCommand,
  serverCommand,
  startChild,
  untilIdle,
} from './child.ts';
import { type ThinClient, connectThin } from './thin-client.ts';

/*
 * How fast messages are acknowledged as durable and delivered: senders in direct chats, one message a push, each sender with a
 * window of messages in flight. In the same run, in interleaved rounds: Socket.IO that stores nothing (bare), and Socket.IO over
 * a log file with one group commit (wal). Medians of the rounds.
 *
 * `npm run bench bench/durable-acks.ts -- [--rounds 5] [--seconds 3] [--cells 1x1,8x1] [--compress] [--server NAME=DIR[,FLAG…]]…`
 * DIR holds `server/main.js`, or is a TypeScript file that starts a server; FLAGs are for Node, by default those of `npm start`. Without `--server`: dist, built by
 * `node scripts/setup.mjs`.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    cells: { type: 'string', default: '1x1,8x1,32x4,200x1,200x16' },
    compress: { type: 'boolean', default: false },
    server: { type: 'string', multiple: true, default: ['server=dist'] },
  },
});
const rounds = Number(options.rounds);
const roundMs = Number(options.seconds) * 1_000;
const cells = options.cells.split(',').map((cell) => cell.split('x').map(Number) as [number, number]);
const people = Math.max(2, ...cells.map(([senders]) => senders + (senders % 2)));
const say = (line: string) => process.stdout.write(`${line}\n`);

const folder = mkdtempSync(join(tmpdir(), 'teamlink-bench-'));
const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
const text = 'A message as long as people write them, some hundred characters or so, on the way from one to the other.';

interface Target {
  name: string;
  origin: string;
  senders: Sender[];
}

interface Sender {
  client: ThinClient;
  stream: string;
}

interface Round {
  rate: number;
  p50: number;
  /** Microseconds of processor time for a message, until its acknowledgement. */
  cpu: number;
  /** The same until the server was idle again: with the search index and whatever else follows. */
  cpuInAll: number;
}

try {
  const targets = [await openBare('bare'), await openBare('wal'), ...(await openServers())];
  for (const { name, origin } of targets.slice(2))
    say(`${name}: ${residentKilobytes(origin)} kB resident with ${people} sockets`);
  say(
    '| senders × window | server | acked/s | of bare | of wal | p50 ms | above bare | server CPU µs/message | until idle |',
  );
  say('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const [senders, window] of cells) {
    const seen = new Map<string, Round[]>(targets.map(({ name }) => [name, []]));
    for (let round = 0; round <= rounds; round++) {
      for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
        const measured = await run(target, senders, window);
        if (round > 0) seen.get(target.name)?.push(measured); // the first warms up
      }
    }
    const middle = (name: string, of: keyof Round) => median((seen.get(name) ?? []).map((round) => round[of]));
    // The ratio of each round, because the machine is faster in some rounds than in others.
    const ratio = (name: string, to: string) =>
      median((seen.get(name) ?? []).map(({ rate }, at) => rate / (seen.get(to)?.[at]?.rate ?? 1)));
    for (const { name } of targets) {
      const above = middle(name, 'p50') - middle('bare', 'p50');
      const [cost, inAll] = [Math.round(middle(name, 'cpu')), Math.round(middle(name, 'cpuInAll'))];
      say(
        `| ${senders} × ${window} | ${name} | ${Math.round(middle(name, 'rate'))} | ${ratio(name, 'bare').toFixed(2)} | ` +
          `${ratio(name, 'wal').toFixed(2)} | ${middle(name, 'p50').toFixed(2)} | ${above.toFixed(2)} | ${cost} | ${inAll} |`,
      );
    }
  }
} finally {
  await endChildren();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

/** A server without accounts: each pair of senders is a room. */
async function openBare(name: 'bare' | 'wal'): Promise<Target> {
  const script = join('bench', `${name}-server.ts`);
  const origin = await startChild(
    [process.execPath, join('scripts', 'build.mjs'), '--run', script, folder],
    /ready (\d+)/,
  );
  const senders = await Promise.all(Array.from({ length: people }, (_, at) => connect(origin, '', `room${at >> 1}`)));
  return { name, origin, senders };
}

async function openServers(): Promise<Target[]> {
  const targets: Target[] = [];
  for (const given of options.server) {
    const name = given.slice(0, given.indexOf('='));
    const [dir = '', ...flags] = given.slice(name.length + 1).split(',');
    const command = dir.endsWith('.ts') ? scriptCommand(dir, flags) : serverCommand(dir, flags);
    const origin = await startChild(command, /localhost:(\d+)/, {
      PORT: '0',
      DATA_DIR: join(folder, name),
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'error',
    });
    say(`${name}: signing up ${people} people …`);
    const signedUp = await signUpAll(origin, people);
    const senders = await Promise.all(
      signedUp.map(({ cookie }, at) => {
        const [a, b] = [signedUp[at & ~1], signedUp[at | 1]] as [Person, Person];
        return connect(origin, cookie, directStream(a.userId, b.userId));
      }),
    );
    const create = ({ stream }: Sender) => ({ id: newId(), stream, kind: 'conversation.create', memberIds: [] });
    await Promise.all(senders.map((sender) => sender.client.ask('push', JSON.stringify({ ops: [create(sender)] }))));
    targets.push({ name, origin, senders });
  }
  return targets;
}

async function connect(origin: string, cookie: string, stream: string): Promise<Sender> {
  const client = await connectThin(
    origin,
    cookie,
    { protocol: 1, device: crypto.randomUUID(), room: stream },
    { compresses: options.compress },
  );
  return { client, stream };
}

/** Each of the first `count` senders keeps `window` messages in flight. */
async function run({ origin, senders }: Target, count: number, window: number): Promise<Round> {
  const took: number[] = [];
  const cpuBefore = cpuMicros(origin);
  const startedAt = performance.now();
  const endsAt = startedAt + roundMs;
  await Promise.all(
    senders.slice(0, count).flatMap(({ client, stream }) =>
      Array.from({ length: window }, async () => {
        for (let now = performance.now(); now < endsAt;) {
          const sentAt = new Date().toISOString();
          await client.ask(
            'push',
            `{"ops":[{"id":"${newId()}","stream":"${stream}","kind":"message.send","text":"${text}","sentAt":"${sentAt}"}]}`,
          );
          took.push(performance.now() - now);
          now = performance.now();
        }
      }),
    ),
  );
  const rate = (took.length * 1_000) / (performance.now() - startedAt);
  const perMessage = () => (cpuMicros(origin) - cpuBefore) / took.length;
  const cpu = perMessage();
  // What follows would otherwise take its processor time from the next round, of whoever it is.
  await untilIdle(origin, 1);
  return { rate, p50: median(took), cpu, cpuInAll: perMessage() };
}

async function signUpAll(origin: string, count: number): Promise<Person[]> {
  const made: Person[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let at = next++; at < count; at = next++) {
        made.push(await signUp(origin, `Sender ${at}`));
      }
    }),
  );
  return made;
}
