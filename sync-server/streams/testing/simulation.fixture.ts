import { randomFrom } from '#protocol/testing/seeded-random.fixture.ts';
import { type OpId, type UserId, directStream, groupStream, uuidV7 } from '#protocol/ids.ts';
import type { KnownRecord } from '#protocol/record.ts';
import type { OpResult, StreamPage } from '#protocol/verbs.ts';
import { createStreams } from '#server/streams/create-streams.ts';
import { type EntryStore, StoreUnavailable } from '#server/streams/entry-store.ts';
import { type MemoryEntryStore, createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import type { Streams } from '#server/streams/streams.ts';
import { createCrashingStore } from './crashing-store.fixture.ts';
import { op } from './op.fixture.ts';
import { type ConsumerFault, createFollowing } from './following.fixture.ts';
import { ann, bob, eve, peopleOf } from './people.fixture.ts';
import { randomOp, type UnsentOp } from './random-op.fixture.ts';
import { marksOfRequests } from './request-invariants.fixture.ts';
import { installClock } from './simulated-clock.fixture.ts';
import { checkStore, type MadeOp } from './store-invariants.fixture.ts';

/** Plants a defect between streams and the store, to see whether the simulation notices it. */
export type Fault = (store: EntryStore, memory: MemoryEntryStore) => EntryStore;

export interface Ran {
  violations: string[];
  history: string[];
  did: {
    ops: number;
    crashes: number;
    lostAnswers: number;
    conflicts: number;
    resends: number;
    refusals: number;
    pages: number;
    deliveries: number;
    acceptances: number;
  };
}

const OPS = 60;
const START_MS = Date.parse('2026-11-24T12:00:00.000Z');
/** How long one turn of the event loop takes. */
const TURN_MS = 0.1;

/**
 * Two processes on one store, killed at any of their writes and restarted; people who send every op until it is
 * answered, also twice at once and through both processes; a reader who keeps pulling in pages of any size; and a
 * consumer that follows both processes. The same seed gives the same lives.
 */
export async function simulate(
  seed: number,
  fault: Fault = (store) => store,
  consumerFault: ConsumerFault = (consumer) => consumer,
): Promise<Ran> {
  const clock = installClock(START_MS, randomFrom(~seed));
  try {
    return await clock.turnUntilSettled(live(seed, fault, consumerFault), TURN_MS);
  } finally {
    clock.restore();
  }
}

async function live(seed: number, fault: Fault, consumerFault: ConsumerFault): Promise<Ran> {
  const random = randomFrom(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(of: readonly T[]): T => of[below(of.length)] as T;
  const ran: Ran = {
    violations: [],
    history: [],
    did: {
      ops: 0,
      crashes: 0,
      lostAnswers: 0,
      conflicts: 0,
      resends: 0,
      refusals: 0,
      pages: 0,
      deliveries: 0,
      acceptances: 0,
    },
  };
  const { did, history } = ran;
  const say = (line: string) => history.push(line);
  const violated = (what: string) => ran.violations.push(what);
  const pause = async (most: number) => {
    for (let n = below(most + 1); n > 0; n--) await new Promise((resolve) => setImmediate(resolve));
  };

  const memory = createMemoryEntryStore({ isShared: true });
  let mayCrash = true;
  let ms = 1_000;

  function storeOf(process: { name: string; isDead: boolean }): EntryStore {
    return createCrashingStore({
      target: fault(memory, memory),
      isDead: () => process.isDead,
      die() {
        process.isDead = true;
        did.crashes++;
        say(`${process.name} dies`);
      },
      mayCrash: () => mayCrash,
      random,
      pause,
      did,
    });
  }

  const people = peopleOf(new Map([ann, bob, eve].map((id) => [id, id])));
  const defects: unknown[] = [];
  const onDefect = (error: unknown) => defects.push(error);
  const following = createFollowing({
    memory,
    pause,
    fails: () => mayCrash && random() < 0.03,
    fault: consumerFault,
    onDefect,
  });
  interface Process {
    name: string;
    isDead: boolean;
    streams: Streams;
    followers: { close(): Promise<void> };
  }
  const buried: Promise<void>[] = [];
  const end = async ({ followers, streams }: Process) => {
    await followers.close();
    await streams.close();
  };
  async function start(name: string): Promise<Process> {
    for (;;) {
      const process = { name, isDead: false };
      try {
        const store = storeOf(process);
        const streams = await createStreams({
          store,
          consumers: following.consumers,
          people,
          announce: (batch) => marksOfRequests(batch).forEach(violated),
          now: () => ms++,
          onDefect,
          hasRequests: true,
          deadlineMs: 120,
          shareAfterMs: 1,
          settleEveryMs: 8,
          completeEveryMs: 20,
        });
        say(`${name} starts`);
        return Object.assign(process, { streams, followers: following.start(process, store, streams) });
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
      }
    }
  }
  const processes = [await start('one'), await start('two')];
  const restarts: (Promise<Process> | undefined)[] = [];
  async function living(): Promise<Process> {
    const at = below(2);
    const process = processes[at] as Process;
    if (!process.isDead) return process;
    return (restarts[at] ??= restart(at, process));
  }
  async function restart(at: number, dead: Process): Promise<Process> {
    buried.push(end(dead)); // so that the retries of dead processes do not add up
    const fresh = await start(dead.name);
    processes[at] = fresh;
    restarts[at] = undefined;
    return fresh;
  }

  const newId = () =>
    uuidV7(
      Date.now(),
      new Uint8Array(10).map(() => below(256)),
    );
  const group = groupStream(newId());
  const direct = directStream(ann, bob);
  const texts = new Map<OpId, string>();
  const sent: MadeOp[] = [];
  /** Everybody is a stranger to Ann, who starts both chats. */
  const accepts: MadeOp[] = [];
  const answers = new Map<string, { stream: string; seq: number | undefined }>();
  const finals = new Map<string, OpResult>();

  async function once(user: UserId, given: { id: OpId }, isRetry: boolean): Promise<OpResult | undefined> {
    const process = await living();
    const answer = await process.streams.push({ userId: user }, { ops: [isRetry ? { ...given, retry: true } : given] });
    const result = 'error' in answer ? undefined : answer.results[0];
    // A dead process sends no answer.
    if (process.isDead || result === undefined) return undefined;
    say(
      `${user} ${process.name}${isRetry ? ' again' : ''} ${given.id.slice(-12)} ${JSON.stringify(result.ok ? [result.stream, result.rev, result.seq] : result.error.code)}`,
    );
    if (result.ok) {
      const before = answers.get(given.id);
      const same = { stream: result.stream, seq: result.seq };
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(same))
        violated(`[AP3] ${given.id} was answered in two ways`);
      answers.set(given.id, same);
    }
    return result;
  }

  /** Sends an op until it is answered finally, as a client does, and sometimes two copies at once. */
  async function deliver(user: UserId, made: UnsentOp): Promise<void> {
    did.ops++;
    const given = { ...made, id: newId() };
    if (made.text !== undefined && made.kind === 'message.send') {
      texts.set(given.id, made.text);
      sent.push({ id: given.id, user, stream: made.stream });
    }
    if (made.request === false) accepts.push({ id: given.id, user, stream: made.stream });
    say(`${user} makes ${JSON.stringify(given)}`);
    for (let attempt = 0; attempt < 60; attempt++) {
      const isRetry = attempt > 0;
      if (isRetry) did.resends++;
      const twin = isRetry && random() < 0.3 ? once(user, given, true) : undefined;
      const result = await once(user, given, isRetry);
      await twin;
      if (result === undefined) continue;
      if (!result.ok && ['unavailable', 'internal'].includes(result.error.code)) continue;
      if (!result.ok) did.refusals++;
      // Only the refusal of a resend holds for every copy. [AP8]
      if (isRetry || result.ok) finals.set(given.id, result);
      return;
    }
  }

  const newText = () => `secret-${seed}-${below(1e9)}-end`;
  const nextOp = () => randomOp({ random, group, direct, sent, newText });

  const held = new Map<string, KnownRecord>();
  const cursors: Record<string, number> = {};
  const windows = new Map<string, number>();
  async function read(): Promise<boolean> {
    const process = await living();
    const answer = await process.streams.pull(
      { userId: bob },
      { cursors, limit: pick([1, 3, 20, 1000]), maxBytes: pick([2048, 32_768]) },
    );
    if (process.isDead || 'error' in answer) return true;
    did.pages++;
    for (const page of answer.streams) apply(page);
    return answer.more;
  }
  function apply(page: StreamPage): void {
    if (page.reset === true) {
      for (const [id, record] of held) if (record.stream === page.stream) held.delete(id);
      delete cursors[page.stream];
    }
    if (cursors[page.stream] === undefined) {
      const seqs = (page.records as KnownRecord[]).flatMap((record) => (record.type === 'message' ? [record.seq] : []));
      windows.set(page.stream, Math.min(...seqs, Number.MAX_SAFE_INTEGER) % Number.MAX_SAFE_INTEGER);
    }
    for (const record of page.records as KnownRecord[])
      if (record.rev > (held.get(record.id)?.rev ?? 0)) held.set(record.id, record);
    cursors[page.stream] = Math.max(page.cursor, cursors[page.stream] ?? 0);
  }

  await deliver(ann, op.create(direct, [bob]));
  await deliver(ann, op.create(group, [bob, eve]));
  let isWriting = true;
  const writers = [0, 1, 2, 3].map(async () => {
    for (let n = 0; n < OPS / 4; n++) {
      await pause(4);
      await deliver(...nextOp());
    }
  });
  const reader = (async () => {
    while (isWriting) {
      await pause(6);
      await read();
    }
  })();
  await Promise.all(writers);
  isWriting = false;
  await reader;

  // From here on nothing fails: the servers finish what is half-done, and the reader catches up.
  mayCrash = false;
  for (const at of [0, 1]) while ((processes[at] as Process).isDead) await living();
  const fresh = await start('three');
  for (let n = 0; n < 200 && (await memory.pending({})).length > 0; n++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const lastPage = async () => {
    let more = true;
    for (let n = 0; more && n < 500; n++) more = await read();
  };
  await lastPage();
  for (let n = 0; n < 200 && following.faults().length > 0; n++) await new Promise((resolve) => setTimeout(resolve, 5));
  const happened = { sent, texts, accepts, answers, finals };
  const checked = checkStore(memory, happened, { userId: bob, chats: [group, direct], held, windows });
  for (const violation of checked.violations) violated(violation);
  for (const missed of following.faults()) violated(`a consumer: ${missed}`);
  if (defects.length > 0) violated(`a defect: ${String(defects[0])}`);
  did.acceptances = checked.acceptances;
  did.deliveries = following.deliveries();
  await Promise.all([...buried, ...[...processes, fresh].map(end)]);
  return ran;
}
