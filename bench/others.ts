import { setTimeout as pause } from 'node:timers/promises';
import { directStream, groupStream, uuidV7 } from '#protocol/ids.ts';
import { type Person, signUp, startBuiltServer } from './built-server.ts';
import { median, memoryOf } from './child.ts';
import { type ThinClient, connectThin } from './thin-client.ts';

/*
 * How long other people's messages wait while one person uses as much as they can: 50 pulls in flight, `watch` and `typing` at full
 * speed, or one burst of 6,000 `pull` and `typing` with 600 `push` among them. The server's limits are on. Limits: below 3 times
 * the quiet median, and below 50 ms; for the burst also 500 ms for the slowest message, and 50 MiB of the server's memory.
 * `npm run bench bench/others.ts`, after `node scripts/setup.mjs`
 */
const SECONDS = 4;
const CHATS = 200;
const PULLS = 50;
const BURST = { reads: 6_000, pushes: 600 };
const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
const say = (line: string) => process.stdout.write(`${line}\n`);

const { origin, close } = await startBuiltServer({ env: { RATE_LIMIT: 'on' } });
try {
  const people: Person[] = [];
  for (const name of ['Ann', 'Bob', 'Eve', 'Mallory']) people.push(await signUp(origin, name));
  const [ann, bob, eve, mallory] = people as [Person, Person, Person, Person];
  const connect = ({ cookie }: Person) => connectThin(origin, cookie, { protocol: 1, device: crypto.randomUUID() });
  const others = await Promise.all([ann, bob, eve].map(async (person) => ({ person, client: await connect(person) })));
  const flood = await connect(mallory);
  await fill(flood, mallory);
  for (const { person, client } of others) await createNotes(client, person);

  const report = (what: string, took: number[], quiet?: number) => {
    const p50 = median(took);
    const times = quiet === undefined ? '' : `, ${(p50 / quiet).toFixed(1)} × quiet (limit 3 ×, and 50 ms)`;
    say(`${what}: others' p50 ${p50.toFixed(1)} ms over ${took.length} messages${times}`);
    return p50;
  };
  await acks(others);
  const quiet = report('quiet', await acks(others));

  let isFlooding = true;
  const body = '{"cursors":{}}';
  const pulling = Array.from({ length: PULLS }, async () => {
    while (isFlooding) {
      await flood.ask('pull', body);
      await pause(1);
    }
  });
  report(`one socket with ${PULLS} pulls in flight`, await acks(others), quiet);
  isFlooding = false;
  await Promise.all(pulling);

  isFlooding = true;
  const watch = JSON.stringify({ userIds: people.map(({ userId }) => userId) });
  const typing = JSON.stringify({ stream: notesOf(mallory), on: true });
  const sending = (async () => {
    while (isFlooding) {
      for (let nth = 0; nth < 1_000; nth++)
        flood.tell(nth % 2 === 0 ? 'watch' : 'typing', nth % 2 === 0 ? watch : typing);
      await pause(1);
    }
  })();
  report('`watch` and `typing` at full speed', await acks(others), quiet);
  isFlooding = false;
  await sending;
  // Its packets still wait, because the server reads them slowly. Dropping them takes this process seconds.
  flood.close();
  await pause(1);

  const calm = report('quiet again', await acks(others));
  const burst = await connect(mallory);
  const before = memoryOf(origin).ownKilobytes;
  let most = before;
  const looking = setInterval(() => (most = Math.max(most, memoryOf(origin).ownKilobytes)), 100);
  const startedAt = performance.now();
  const asked: Promise<Buffer>[] = [];
  for (let nth = 0; nth < BURST.reads; nth++) {
    if (nth % 2 === 0) asked.push(burst.ask('pull', body));
    else burst.tell('typing', typing);
    if (nth % (BURST.reads / BURST.pushes) === 0)
      asked.push(burst.ask('push', JSON.stringify({ ops: [note(mallory)] })));
  }
  let isAnswered = false;
  const answers = Promise.all(asked).finally(() => (isAnswered = true));
  const took = await acks(others, () => isAnswered);
  const codes = codesOf(await answers);
  clearInterval(looking);
  report(`a burst of ${BURST.reads} pulls and typings and ${BURST.pushes} pushes`, took, calm);
  const grownMiB = (most - before) / 1_024;
  say(`  slowest ${Math.max(...took).toFixed(0)} ms (limit 500), memory +${grownMiB.toFixed(0)} MiB (limit 50)`);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  say(`  ${asked.length} asked, answered within ${seconds} s: ${JSON.stringify(codes)}`);
  burst.close();
} finally {
  await close();
}
process.exit(0);

/**
 * How long the messages of these people took until they were acknowledged. Each person has one message in flight, and waits 50 ms
 * after it.
 */
async function acks(
  people: readonly { person: Person; client: ThinClient }[],
  isOver: () => boolean = after(SECONDS),
): Promise<number[]> {
  const took: number[] = [];
  await Promise.all(
    people.map(async ({ person, client }) => {
      while (!isOver()) {
        const sentAt = performance.now();
        await client.ask('push', JSON.stringify({ ops: [note(person)] }));
        took.push(performance.now() - sentAt);
        await pause(50);
      }
    }),
  );
  return took;
}

function after(seconds: number): () => boolean {
  const endsAt = performance.now() + seconds * 1_000;
  return () => performance.now() >= endsAt;
}

/** How often each was answered. A refusal without the time to wait would be a defect. [VB9] */
function codesOf(frames: readonly Buffer[]): Record<string, number> {
  const codes: Record<string, number> = {};
  for (const frame of frames) {
    const [answer] = JSON.parse(frame.toString('utf8', frame.indexOf('['))) as [Answer];
    const error = answer.error ?? answer.results?.find((result) => result.error !== undefined)?.error;
    if (error?.code === 'rate_limited' && !(Number(error.retryAfterMs) > 0))
      throw new Error(`refused without the time to wait: ${frame.toString()}`);
    const code = error?.code ?? 'ok';
    codes[code] = (codes[code] ?? 0) + 1;
  }
  return codes;
}

interface Answer {
  error?: Failure;
  results?: { error?: Failure }[];
}

interface Failure {
  code: string;
  retryAfterMs?: number;
}

function note(person: Person): object {
  const sentAt = new Date().toISOString();
  return { id: newId(), stream: notesOf(person), kind: 'message.send', text: 'hello', sentAt };
}

function notesOf({ userId }: Person): string {
  return directStream(userId, userId);
}

async function createNotes(client: ThinClient, person: Person): Promise<void> {
  const op = { id: newId(), stream: notesOf(person), kind: 'conversation.create', memberIds: [] };
  await client.ask('push', JSON.stringify({ ops: [op] }));
}

/** Chats that make a pull of everything expensive. */
async function fill(client: ThinClient, person: Person): Promise<void> {
  await createNotes(client, person);
  for (let made = 0; made < CHATS; made += 50) {
    const streams = Array.from({ length: 50 }, () => groupStream(newId()));
    const ops = streams.map((stream) => ({
      id: newId(),
      stream,
      kind: 'conversation.create',
      title: 'Group',
      memberIds: [],
    }));
    await client.ask('push', JSON.stringify({ ops }));
  }
}
