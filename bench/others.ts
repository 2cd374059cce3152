import { setTimeout as pause } from 'node:timers/promises';
import { directStream, groupStream, uuidV7 } from '#protocol/ids.ts';
import { type Person, signUp, startBuiltServer } from './built-server.ts';
import { median } from './child.ts';
import { type ThinClient, connectThin } from './thin-client.ts';

/*
 * How long other people's messages wait while one person takes all they can get: 50 pulls in flight, or `watch` and `typing`
 * at full speed. The server's limits are on. Limits: below 3 times the quiet median, and below 50 ms.
 * `npm run bench bench/others.ts`, after `node scripts/setup.mjs`
 */
const SECONDS = 4;
const CHATS = 200;
const PULLS = 50;
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
  flood.close();
} finally {
  await close();
}
process.exit(0);

/** What the messages of these people took until they were acknowledged; each has one in flight, five a second. */
async function acks(people: readonly { person: Person; client: ThinClient }[]): Promise<number[]> {
  const took: number[] = [];
  const endsAt = performance.now() + SECONDS * 1_000;
  await Promise.all(
    people.map(async ({ person, client }) => {
      while (performance.now() < endsAt) {
        const stream = notesOf(person);
        const op = { id: newId(), stream, kind: 'message.send', text: 'hello', sentAt: new Date().toISOString() };
        const sentAt = performance.now();
        await client.ask('push', JSON.stringify({ ops: [op] }));
        took.push(performance.now() - sentAt);
        await pause(50);
      }
    }),
  );
  return took;
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
