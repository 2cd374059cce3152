import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type UserId, directStream, uuidV7 } from '#protocol/ids.ts';
import { cpuMicros, endChildren, median, serverCommand, startChild } from './child.ts';
import { type ThinClient, connectThin } from './thin-client.ts';

/*
 * Messages a second that are acknowledged as durable and delivered, 200 senders in 100 direct chats, over sockets, beside
 * bare Socket.IO that acknowledges and delivers without keeping anything. Interleaved rounds, medians.
 * `npm run bench bench/durable-acks.ts [rounds] [seconds a round]`, after `node scripts/setup.mjs`
 */
const PAIRS = 100;
const rounds = Number(process.argv[2] ?? 5);
const roundMs = Number(process.argv[3] ?? 3) * 1_000;
const say = (line: string) => process.stdout.write(`${line}\n`);

const dataDir = mkdtempSync(join(tmpdir(), 'teamlink-bench-'));
const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
const text = 'A message as long as people write them, some hundred characters or so, on the way from one to the other.';

try {
  const bare = await startChild(
    [process.execPath, join('scripts', 'build.mjs'), '--run', join('bench', 'bare-server.ts')],
    /ready (\d+)/,
  );
  const real = await startChild(serverCommand(), /localhost:(\d+)/, {
    PORT: '0',
    DATA_DIR: dataDir,
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'error',
  });
  say(`signing up ${2 * PAIRS} people …`);
  const people = await signUp(real, 2 * PAIRS);
  const senders = {
    bare: await Promise.all(people.map((_person, at) => sender(bare, '', `room${at >> 1}`))),
    real: await Promise.all(
      people.map(({ cookie }, at) => {
        const [a, b] = [people[at & ~1], people[at | 1]] as [Person, Person];
        return sender(real, cookie, directStream(a.userId, b.userId));
      }),
    ),
  };
  await Promise.all(
    senders.real.map(({ client, stream }) =>
      client.ask(
        'push',
        JSON.stringify({ ops: [{ id: newId(), stream, kind: 'conversation.create', memberIds: [] }] }),
      ),
    ),
  );
  for (const window of [1, 16]) {
    const seen = { bare: [] as number[], real: [] as number[] };
    const cost = { bare: [] as number[], real: [] as number[] };
    for (let round = 0; round <= rounds; round++) {
      for (const kind of round % 2 === 0 ? (['bare', 'real'] as const) : (['real', 'bare'] as const)) {
        const before = cpuMicros({ bare, real }[kind]);
        const { acked, rate } = await run(senders[kind], window);
        if (round === 0) continue; // the first warms up
        seen[kind].push(rate);
        cost[kind].push((cpuMicros({ bare, real }[kind]) - before) / acked);
      }
    }
    const [of, by] = [median(seen.real), median(seen.bare)];
    say(
      `window ${String(window).padStart(2)}: ${Math.round(of)} durable acks/s beside ${Math.round(by)} bare ones: ${(of / by).toFixed(2)} ` +
        `(rounds ${seen.real.map((rate, at) => (rate / (seen.bare[at] ?? 1)).toFixed(2)).join(' ')}; aim at window 16: 0.5, later 0.7); ` +
        `server's processor time ${Math.round(median(cost.real))} µs a message beside ${Math.round(median(cost.bare))}`,
    );
  }
} finally {
  await endChildren();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);

interface Person {
  userId: UserId;
  cookie: string;
}

interface Sender {
  client: ThinClient;
  stream: string;
}

async function sender(origin: string, cookie: string, stream: string): Promise<Sender> {
  const client = await connectThin(origin, cookie, { protocol: 1, device: crypto.randomUUID(), room: stream });
  return { client, stream };
}

/** Each sender keeps `window` messages under way; answers how many were acknowledged, and how many a second. */
async function run(senders: readonly Sender[], window: number): Promise<{ acked: number; rate: number }> {
  const ends = performance.now() + roundMs;
  let acked = 0;
  const began = performance.now();
  await Promise.all(
    senders.flatMap(({ client, stream }) =>
      Array.from({ length: window }, async () => {
        while (performance.now() < ends) {
          const sentAt = new Date().toISOString();
          await client.ask(
            'push',
            `{"ops":[{"id":"${newId()}","stream":"${stream}","kind":"message.send","text":"${text}","sentAt":"${sentAt}"}]}`,
          );
          acked += 1;
        }
      }),
    ),
  );
  return { acked, rate: (acked * 1_000) / (performance.now() - began) };
}

async function signUp(origin: string, count: number): Promise<Person[]> {
  const made: Person[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let at = next++; at < count; at = next++) {
        const answer = await fetch(`${origin}/api/auth/sign-up/email`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: `Sender ${at}`, email: `s${at}@example.org`, password: 'a long password' }),
        });
        const { user } = (await answer.json()) as { user: { id: UserId } };
        made.push({
          userId: user.id,
          cookie: answer.headers
            .getSetCookie()
            .map((each) => each.split(';')[0])
            .join('; '),
        });
      }
    }),
  );
  return made;
}
