import { isRetryable, syncError } from '#protocol/errors.ts';
import type { ConversationId, StreamId } from '#protocol/ids.ts';
import type { Announce, Announcement } from './announcement.ts';
import type { Afterwards } from './completion.ts';
import { type Composed, compose } from './compose.ts';
import { type Decision, type Scene, isPromise } from './decision.ts';
import { type EntryStore, StoreUnavailable } from './entry-store.ts';
import type { Entry, Stored } from './entry.ts';
import { announcementOf, hintOf } from './landed.ts';
import { type Lane, Lanes } from './lane.ts';
import { loadState } from './load.ts';
import { answerFrom, conclude } from './op-memory.ts';
import type { People } from './people.ts';
import { type NewTask, type Outcome, type Task, outcomeOf, unavailable } from './task.ts';
import { withinTime } from './with-deadline.ts';

export interface AppendOptions {
  store: EntryStore;
  people: People;
  announce: Announce;
  /** Server's clock, milliseconds. */
  now: () => number;
  /** An op that isn't durable after this time is answered `unavailable`; what has become of it a resend will learn. [REL-06] */
  deadlineMs: number;
  /** What is left when an op is durable: projections, skeletons, the shared mark. */
  afterwards(composed: Composed): Afterwards;
  /** Finishes half-done ops of a stream; `true` where its tail may have moved. */
  complete(stream: StreamId, tail: Entry): Promise<boolean>;
  onDefect(error: unknown): void;
}

const MAX_OUTSTANDING = 20_000;
const MAX_BATCH_ENTRIES = 2_000;
/**
 * Bulk writes under way at once, of different streams. Several, so that one is decided, one sent, one flushed and one
 * answered, and no processor waits for the disk; few, because each costs a flush.
 */
const MAX_FLIGHTS = 4;
const nobody = (): void => undefined;
const stands: Task['decide'] = () => {
  throw new Error('an op that stands was decided again');
};
/** How often answers that are due are looked for, and how long a failed store is left alone; at most a quarter of the deadline. */
const SWEEP_MS = 250;

/**
 * The one way to write: per stream a queue, over all queues a common flush. All of a stream's batch stands or a prefix
 * of it, because the store inserts in order and stops at the first conflict. [AP1] [AP2] [ST2] [ST5]
 */
export class Append {
  readonly lanes = new Lanes();
  readonly #options: AppendOptions;
  readonly #sweepMs: number;
  /** Streams with something to decide. */
  readonly #dirty = new Set<Lane>();
  /** Streams whose batch is decided and waits for a flush. */
  readonly #ready = new Set<Lane>();
  /** In order of their deadlines. */
  #outstanding: Task[] = [];
  #unsettled = 0;
  #flights = 0;
  #isScheduled = false;
  #isClosed = false;
  #sweep: ReturnType<typeof setInterval> | undefined;
  #idle: (() => void)[] = [];

  constructor(options: AppendOptions) {
    this.#options = options;
    this.#sweepMs = Math.min(SWEEP_MS, options.deadlineMs / 4);
  }

  /** Enters the stream's queue at once; `settled` is called when the op is durable or refused. */
  enqueue({ lane: stream, key, user, named, isRetry, decide, group, settled }: NewTask): void {
    const deadline = performance.now() + this.#options.deadlineMs;
    // Field by field and without a promise: this is done for every message.
    const task: Task = {
      lane: stream,
      key,
      user,
      named,
      isRetry,
      decide,
      group,
      settled,
      isCareful: false,
      deadline,
      isSettled: false,
    };
    this.#unsettled++;
    if (this.#isClosed || this.#unsettled > MAX_OUTSTANDING) return this.#settle(task, unavailable());
    this.#outstanding.push(task);
    this.#sweep ??= setInterval(() => this.#expire(), this.#sweepMs);
    const lane = this.lanes.of(stream);
    lane.waiting.push(task);
    this.#dirty.add(lane);
    this.#schedule();
  }

  /** The same, for whoever waits for one op. Never rejects. */
  outcome(task: Omit<NewTask, 'settled'>): Promise<Outcome> {
    return new Promise((settled) => this.enqueue({ ...task, settled }));
  }

  #settle(task: Task, outcome: Outcome): void {
    if (task.isSettled) return;
    task.isSettled = true;
    this.#unsettled--;
    if (!outcome.ok && isRetryable(outcome.error.code)) task.group.hasFailed = true;
    const { settled } = task;
    // The task itself stays until the next look at deadlines; what hangs on it would be the collector's work until then.
    task.settled = nobody;
    // One that was answered late may still be decided.
    if (outcome.ok) task.decide = stands;
    settled(outcome);
    if (this.#unsettled === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  /** Lets what is under way end; what comes later is `unavailable`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#unsettled > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  /** One wake-up for everything that arrives in the same turn of the event loop. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#flights >= MAX_FLIGHTS) return; // the end of a flight comes back here
    const now = performance.now();
    for (const lane of this.#dirty) {
      if (lane.phase !== 'idle' || lane.notBefore > now) continue;
      this.#dirty.delete(lane);
      this.#decide(lane);
    }
    while (this.#ready.size > 0 && this.#flights < MAX_FLIGHTS) this.#takeOff();
  }

  /** What is ready is shared out over the free flights, so that one is decided and answered while another is flushed. */
  #takeOff(): void {
    const [first, ...others] = this.#ready;
    if (first === undefined) return;
    const most = Math.ceil(this.#ready.size / (MAX_FLIGHTS - this.#flights));
    // Who may break a flight flies alone.
    const lanes = first.isSuspect
      ? [first]
      : [first, ...others.filter(({ isSuspect }) => !isSuspect).slice(0, most - 1)];
    for (const lane of lanes) {
      this.#ready.delete(lane);
      lane.phase = 'writing';
    }
    this.#flights++;
    this.#fly(lanes)
      .catch(this.#options.onDefect)
      .finally(() => {
        this.#flights--;
        this.#schedule();
      });
  }

  #decide(lane: Lane): void {
    lane.phase = 'deciding';
    this.lanes.touch(lane);
    try {
      if (this.#decideFromMemory(lane)) return this.#decided(lane);
    } catch (error) {
      this.#undecided(lane, error);
      return this.#decided(lane);
    }
    this.#decideSlowly(lane)
      .catch((error: unknown) => this.#undecided(lane, error))
      .finally(() => {
        this.#decided(lane);
        this.#schedule();
      });
  }

  #decided(lane: Lane): void {
    lane.isSuspect &&= lane.batch.length > 0 || lane.waiting.some(({ isCareful }) => isCareful);
    if (lane.batch.length > 0) {
      lane.phase = 'ready';
      this.#ready.add(lane);
      return;
    }
    lane.phase = 'idle';
    if (lane.waiting.length > 0) this.#dirty.add(lane);
  }

  /** The hot path: no read, no promise. False where something must be read, looked up or refused. */
  #decideFromMemory(lane: Lane): boolean {
    const { state } = lane;
    if (state === undefined) return false;
    for (let task = lane.waiting[0]; task !== undefined; task = lane.waiting[0]) {
      if (this.#isOver(task)) {
        lane.waiting.shift();
        continue;
      }
      if (this.#isFull(lane)) return true;
      if (task.isCareful || task.isRetry) return false;
      const decision = task.decide(this.#scene(state, task));
      if (isPromise(decision)) {
        // Awaited on the slow path, never left to run beside it: its late reads would put old versions into the state.
        lane.begun = { task, decision };
        return false;
      }
      if (decision.effect !== 'write') return false;
      this.#take(lane, state, task, decision);
    }
    return true;
  }

  async #decideSlowly(lane: Lane): Promise<void> {
    const { store } = this.#options;
    let known: Map<string, Stored> | undefined;
    for (let task = lane.waiting[0]; task !== undefined; task = lane.waiting[0]) {
      if (this.#isOver(task)) {
        lane.waiting.shift();
        continue;
      }
      if (this.#isFull(lane)) return;
      const state = (lane.state ??= await this.#load(lane));
      if (task.key !== undefined && (task.isCareful || task.isRetry)) {
        known ??= await this.#lookUp(lane.waiting);
        const before = known.get(task.key);
        if (before !== undefined) {
          lane.waiting.shift();
          this.#settle(task, await answerFrom(store, before, task));
          continue;
        }
      }
      const begun = lane.begun?.task === task ? lane.begun.decision : task.decide(this.#scene(state, task));
      lane.begun = undefined;
      const decision = await begun;
      if (decision.effect === 'write') {
        this.#take(lane, state, task, decision);
        continue;
      }
      // A refusal may rest on what is not durable yet: first let that be written, then decide it again.
      if (lane.batch.length > 0) return;
      if ((await this.#storedTail(lane.stream)) !== state.tail) {
        // A stale state would refuse what another process has just allowed.
        lane.state = undefined;
        continue;
      }
      const before = task.key === undefined ? undefined : (await store.byKeys([task.key]))[0];
      const outcome =
        before === undefined
          ? await conclude(store, task, state.stream, decision, this.#options.now())
          : await answerFrom(store, before, task);
      lane.waiting.shift();
      this.#settle(task, outcome);
    }
  }

  #isOver(task: Task): boolean {
    if (task.group.hasFailed) this.#settle(task, unavailable());
    return task.isSettled;
  }

  /** Comings and goings are announced alone: a removal and a new adding in one change would look like nothing to a client. */
  #isFull({ batch, isSuspect }: Lane): boolean {
    const last = batch.at(-1);
    if (last === undefined) return false;
    if (last.left !== undefined && last.left.plan.projections.length > 0) return true;
    if (isSuspect) return true;
    return batch.length >= MAX_BATCH_ENTRIES;
  }

  #scene(state: Lane['state'] & object, { user }: Task): Scene {
    const { store, people } = this.#options;
    return { state, caller: user, now: this.#instant(), store, people };
  }

  #lastInstant: { ms: number; text: string } = { ms: NaN, text: '' };
  #instant(): string {
    const ms = this.#options.now();
    if (this.#lastInstant.ms !== ms) this.#lastInstant = { ms, text: new Date(ms).toISOString() };
    return this.#lastInstant.text;
  }

  #take(lane: Lane, state: Lane['state'] & object, task: Task, decision: Extract<Decision, { effect: 'write' }>): void {
    lane.batch.push(compose(task, decision, state, this.#options.now()));
    // Last: what breaks while it is composed is still the next one waiting, and is told so.
    lane.waiting.shift();
  }

  async #lookUp(tasks: readonly Task[]): Promise<Map<string, Stored>> {
    const keys = tasks
      .slice(0, MAX_BATCH_ENTRIES)
      .flatMap(({ key, isCareful, isRetry }) => (key !== undefined && (isCareful || isRetry) ? [key] : []));
    return new Map((await this.#options.store.byKeys(keys)).map((stored) => [stored._id, stored]));
  }

  async #storedTail(stream: StreamId): Promise<number> {
    return (await this.#options.store.tail(stream))?.rev ?? 0;
  }

  async #load(lane: Lane) {
    const { store, complete } = this.#options;
    const state = await loadState(store, lane.stream, complete);
    lane.stored = { tail: state.tail, lastSeq: state.lastSeq };
    return state;
  }

  /** One bulk write for all that is ready. A conflict in one stream doesn't hold the others. */
  async #fly(lanes: Lane[]): Promise<void> {
    const { store, deadlineMs } = this.#options;
    let left = lanes;
    try {
      // A bulk write that hangs is given up; its lanes read the store again before they use later revs.
      await withinTime(
        store.raiseHints(new Map(lanes.map((lane) => [lane.stream, hintOf(lane, this.#options.now())]))),
        deadlineMs,
      );
      while (left.length > 0) {
        const entries = left.flatMap(({ batch }) => batch.flatMap((composed) => composed.entries));
        const { written } = await withinTime(store.insert(entries), deadlineMs);
        left = this.#landed(left, written);
      }
    } catch (error) {
      const tasks = left.flatMap(({ batch }) => batch.map(({ task }) => task));
      for (const lane of left) {
        this.#failed(lane, error, tasks);
        this.#decided(lane);
      }
    }
  }

  /** Settles what stands; the stream that met a conflict starts anew, those after it are to be written again. */
  #landed(lanes: Lane[], written: number): Lane[] {
    const whole: Lane[] = [];
    let count = 0;
    let at = 0;
    for (; at < lanes.length; at++) {
      const lane = lanes[at] as Lane;
      const size = lane.batch.reduce((sum, { entries }) => sum + entries.length, 0);
      if (count + size > written) break;
      count += size;
      whole.push(lane);
    }
    const announcements: Announcement[] = [];
    const afterwards: (() => void)[] = [];
    const land = (lane: Lane) => {
      const landed = lane.batch;
      lane.batch = [];
      if (landed.length > 0) announcements.push(announcementOf(lane, landed));
      afterwards.push(() => this.#afterwards(lane, landed));
    };
    for (const lane of whole) land(lane);
    const conflicted = lanes[at];
    if (conflicted !== undefined) {
      const parts = written - count;
      let sum = 0;
      const stands = conflicted.batch.findIndex(({ entries }) => (sum += entries.length) > parts);
      const rest = conflicted.batch.splice(stands);
      this.#requeue(conflicted, rest);
      land(conflicted);
    }
    if (announcements.length > 0) this.#options.announce(announcements);
    for (const run of afterwards) run();
    return lanes.slice(at + 1);
  }

  #afterwards(lane: Lane, landed: Composed[]): void {
    const holding: Promise<unknown>[] = [];
    for (const composed of landed) {
      const { task, entries } = composed;
      const outcome = outcomeOf(entries[0] as Entry);
      const left = this.#options.afterwards(composed);
      if (left.before === 'nothing') {
        this.#settle(task, outcome);
        continue;
      }
      // Durable already: if the rest fails, the server finishes it by itself, and the answer stays `ok`.
      const answer = () => this.#settle(task, outcome);
      const done = left.done.then(answer, answer);
      if (left.before === 'next op') holding.push(done);
    }
    if (holding.length === 0) return this.#decidedAgain(lane);
    lane.phase = 'finishing';
    void Promise.all(holding).then(() => this.#decidedAgain(lane));
  }

  #decidedAgain(lane: Lane): void {
    this.#decided(lane);
    this.#schedule();
  }

  /** What was decided before it in the same batch may have brought it on: alone it shows whether it was that. */
  #undecided(lane: Lane, error: unknown): void {
    const next = lane.waiting.slice(0, 1);
    this.#failed(lane, error, [...lane.batch.map(({ task }) => task), ...next]);
  }

  /** Nothing was answered: what of this batch stands is unknown, so everything is read again. `tasks`: who had part in it. */
  #failed(lane: Lane, error: unknown, tasks: readonly Task[]): void {
    if (!(error instanceof StoreUnavailable)) {
      this.#options.onDefect(error);
      const [only, ...others] = tasks;
      // A defect would come again for ever with the op that meets it. Nobody is blamed for another's.
      if (only !== undefined && others.length === 0)
        this.#settle(only, { ok: false, error: syncError('internal', 'something went wrong here') });
      else lane.isSuspect = true;
    }
    const rest = lane.batch;
    lane.batch = [];
    this.#requeue(lane, rest);
    lane.notBefore = performance.now() + this.#sweepMs;
  }

  #requeue(lane: Lane, rest: Composed[]): void {
    lane.state = undefined;
    lane.stored = undefined;
    for (const { task } of rest) task.isCareful = true;
    lane.waiting.unshift(...rest.map(({ task }) => task));
  }

  #expire(): void {
    const now = performance.now();
    let head = 0;
    for (const task of this.#outstanding) {
      if (!task.isSettled && task.deadline > now) break;
      this.#settle(task, unavailable());
      head++;
    }
    this.#outstanding = this.#outstanding.slice(head);
    this.#schedule();
    if (this.#outstanding.length > 0 || this.#dirty.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  /** The last seq as stored, read only where memory doesn't reach as far as `wanted`. */
  lastSeq(stream: ConversationId, wanted: number): number | Promise<number> {
    const known = this.lanes.peek(stream)?.stored?.lastSeq ?? 0;
    return known > 0 && known >= wanted ? known : this.#options.store.lastSeq(stream);
  }

  presentMembers(stream: ConversationId): number | undefined {
    return this.lanes.peek(stream)?.state?.present;
  }
}
