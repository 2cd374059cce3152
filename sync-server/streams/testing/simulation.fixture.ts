import { randomFrom } from '#protocol/testing/seeded-random.fixture.ts';
import { type ConversationId, type OpId, type UserId, directStream, groupStream, uuidV7 } from '#protocol/ids.ts';
import type { KnownRecord, MemberRecord, MembershipRecord, MessageRecord } from '#protocol/record.ts';
import type { OpResult, StreamPage } from '#protocol/verbs.ts';
import { wrapStore } from '#server/streams/wrap-store.ts';
import { createStreams } from '#server/streams/create-streams.ts';
import { type EntryStore, StoreUnavailable } from '#server/streams/entry-store.ts';
import { type Entry, isMarker } from '#server/streams/entry.ts';
import { type MemoryEntryStore, createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import type { Streams } from '#server/streams/streams.ts';
import { op } from './op.fixture.ts';
import { type ConsumerFault, createFollowing } from './following.fixture.ts';
import { ann, bob, eve, peopleOf } from './people.fixture.ts';
import { checkRequests, marksOfRequests } from './request-invariants.fixture.ts';
import { installClock } from './simulated-clock.fixture.ts';

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

/** An op, before it gets its id from the seed. */
interface Made {
  kind: string;
  stream: ConversationId;
  text?: string;
  request?: unknown;
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

  /** The store as one process sees it: slow, and unreachable once the process is dead. */
  function seenBy(process: { name: string; isDead: boolean }): EntryStore {
    const die = () => {
      process.isDead = true;
      did.crashes++;
      say(`${process.name} dies`);
    };
    const guarded = async <T>(call: () => Promise<T>): Promise<T> => {
      await pause(3);
      if (process.isDead) throw new StoreUnavailable('dead');
      const result = await call();
      await pause(2);
      if (process.isDead) throw new StoreUnavailable('dead');
      return result;
    };
    const writing = <T>(call: () => Promise<T>): Promise<T> =>
      guarded(async () => {
        if (mayCrash && random() < 0.02) {
          die();
          throw new StoreUnavailable('killed before the write');
        }
        const result = await call();
        if (mayCrash && random() < 0.02) die();
        const isLost = mayCrash && random() < 0.02;
        if (isLost) {
          did.lostAnswers++;
          throw new StoreUnavailable('the answer is lost');
        }
        return result;
      });
    const target = fault(memory, memory);
    return {
      ...wrapStore(target, { read: guarded, write: writing }),
      insert: (entries, batch) =>
        writing(async () => {
          // Killed in the middle of a bulk write: the batch and a prefix of the entries become durable.
          const torn = mayCrash && random() < 0.05 ? below(entries.length + 1) : entries.length;
          const { written } = await target.insert(entries.slice(0, torn), batch);
          if (written < torn) did.conflicts++;
          if (torn < entries.length && written === torn) {
            die();
            throw new StoreUnavailable('killed in the write');
          }
          return { written };
        }),
    };
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
        const store = seenBy(process);
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
  const secrets = new Map<OpId, string>();
  const sent: { id: OpId; user: UserId; stream: ConversationId }[] = [];
  /** Everybody is a stranger to Ann, who starts both chats. */
  const accepts: typeof sent = [];
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
  async function deliver(user: UserId, made: Made): Promise<void> {
    did.ops++;
    const given = { ...made, id: newId() };
    if (made.text !== undefined && made.kind === 'message.send') {
      secrets.set(given.id, made.text);
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

  function nextOp(): [UserId, Made] {
    const stream = pick([group, group, direct]);
    const user = stream === direct ? pick([ann, bob]) : pick([ann, ann, bob, eve]);
    const about = sent.length === 0 ? undefined : pick(sent);
    switch (below(14)) {
      case 0:
        return [ann, op.add(group, eve)];
      case 1:
        return [pick([ann, eve]), op.remove(group, eve)];
      case 2:
        return [user, op.mark(stream, { readSeq: below(30) })];
      case 3:
        return [user, op.settings(stream, { pinned: random() < 0.5, draft: `draft${below(9)}` })];
      case 4:
        if (about !== undefined) return [about.user, op.edit(about.stream, about.id, `edit${below(99)}`)];
        break;
      case 5:
        if (about !== undefined) return [about.user, op.delete(about.stream, about.id)];
        break;
      case 6:
        if (about !== undefined)
          return [pick([ann, bob]), op.react(about.stream, about.id, pick(['👍', '🎈']), random() < 0.7)];
        break;
      case 7:
        if (about !== undefined) return [pick([ann, bob]), op.pin(about.stream, about.id, random() < 0.7)];
        break;
      case 8:
        return [ann, op.update(group, { title: `title${below(5)}` })];
      case 9:
      case 10: {
        const [accepter, asked] = pick([
          [bob, group],
          [bob, direct],
          [eve, group],
        ] as const);
        return [accepter, op.settings(asked, { request: false })];
      }
      default:
    }
    return [user, op.send(stream, `secret-${seed}-${below(1e9)}-end`)];
  }

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
  await check();
  did.deliveries = following.deliveries();
  await Promise.all([...buried, ...[...processes, fresh].map(end)]);
  return ran;

  async function check(): Promise<void> {
    const stored = memory.dump().filter((one): one is Entry => !isMarker(one));
    const streams = new Set(stored.map(({ stream }) => stream));
    for (const stream of streams) {
      const revs = stored
        .filter((entry) => entry.stream === stream)
        .map(({ rev }) => rev)
        .sort((a, b) => a - b);
      if (revs.some((rev, at) => rev !== at + 1)) violated(`[ST2] ${stream} has a hole: ${revs.join(' ')}`);
      const seqs = stored
        .filter((entry) => entry.stream === stream && entry.isFirst)
        .map(({ seq }) => seq as number)
        .sort((a, b) => a - b);
      if (seqs.some((seq, at) => seq !== at + 1)) violated(`[ST3] ${stream} has seqs ${seqs.join(' ')}`);
    }
    const current = new Map<string, KnownRecord>();
    for (const entry of stored) {
      if (!entry.current) continue;
      if (current.has(entry.id)) violated(`[ST1] ${entry.id} is current twice`);
      current.set(entry.id, JSON.parse(entry.body as string) as KnownRecord);
    }
    if (stored.some(({ pending }) => pending === true)) violated('[AP9] something is still half done');
    const messages = [...current.values()].filter((record): record is MessageRecord => record.type === 'message');
    for (const { id } of sent) {
      const standing = messages.filter((record) => record.id === id);
      const answer = answers.get(id);
      if (standing.length > 1) violated(`[AP2] ${id} exists ${standing.length} times`);
      if (answer !== undefined && standing[0]?.seq !== answer.seq)
        violated(`[AP1] ${id} was acknowledged at ${answer.seq} and is stored at ${standing[0]?.seq}`);
      const final = finals.get(id);
      if (final?.ok === false && standing.length > 0) violated(`[AP8] ${id} was refused finally and exists`);
    }
    for (const [id] of answers)
      if (!memory.dump().some((one) => one._id === id) && finals.get(id)?.ok === true && !isRepeatable(id))
        violated(`[AP1] ${id} was acknowledged and is gone`);
    for (const record of messages) {
      const secret = secrets.get(record.id);
      if (record.deletedAt !== undefined && secret !== undefined && JSON.stringify(memory.dump()).includes(secret))
        violated(`[RC2] ${record.id} was deleted and its text is stored`);
    }
    const members = [...current.values()].filter((record): record is MemberRecord => record.type === 'member');
    for (const member of members) {
      const id = `u:${member.userId}/${member.stream}`;
      const own = current.get(id) as MembershipRecord | undefined;
      if (
        own === undefined ||
        own.role !== member.role ||
        own.leftAt !== member.leftAt ||
        own.joinedAt !== member.joinedAt
      )
        violated(`[AP9] ${id} does not follow its member record`);
    }
    const asked = checkRequests({ stored, members, current, messages, accepts, stays: bob });
    did.acceptances += asked.acceptances;
    for (const violation of asked.violations) violated(violation);
    for (const [id, record] of current) {
      const isBobs = record.stream === group || record.stream === direct || record.stream === 'u:bob';
      if (!isBobs) continue;
      // Older than the window that the reader began with: only `history` returns it.
      if (record.type === 'message' && !held.has(id) && record.seq < (windows.get(record.stream) ?? 1)) continue;
      const { fromSeq: _, ...mine } = (held.get(id) ?? {}) as MemberRecord;
      if (JSON.stringify(mine) !== JSON.stringify(record))
        violated(`[ST4] the reader holds ${JSON.stringify(mine)} for ${JSON.stringify(record)}`);
    }
    for (const missed of following.faults()) violated(`a consumer: ${missed}`);
    if (defects.length > 0) violated(`a defect: ${String(defects[0])}`);
  }

  /** An op without effect need not be remembered. Only sends always have an effect. */
  function isRepeatable(id: string): boolean {
    return !secrets.has(id as OpId);
  }
}
