import { type StreamId, isConversation } from '#protocol/ids.ts';
import type { MembershipRecord } from '#protocol/record.ts';
import type { Append } from './append.ts';
import { type Composed, targetOf } from './compose.ts';
import type { EntryStore } from './entry-store.ts';
import { type Entry, type Plan, type Held, type Projection, isMarker, rootKey } from './entry.ts';
import { project } from './ops/own.ts';
import type { Shared, SharedMarks } from './shared-marks.ts';
import { readCurrent } from './stream-state.ts';

/** What must be done before an op's answer, or before its stream's next op. */
export type Afterwards = { before: 'nothing' } | { before: 'answer' | 'next op'; done: Promise<unknown> };
const nothingLeft: Afterwards = { before: 'nothing' };

/**
 * What is left when an op's first entry is durable: its other parts, the projections to personal streams, the skeletons
 * of replaced versions, the shared mark. Done at once by whoever wrote it; after a crash by whoever loads the stream, at
 * start, or by a periodic look. Every step may be done twice. [AP9]
 */
export class Completion {
  readonly #store: EntryStore;
  readonly #append: () => Append;
  readonly #marks: () => SharedMarks;
  readonly #now: () => number;
  #stripping: string[] = [];
  #finishing: string[] = [];
  #cleaning: Promise<void> | undefined;

  constructor(given: { store: EntryStore; append: () => Append; marks: () => SharedMarks; now: () => number }) {
    this.#store = given.store;
    this.#append = given.append;
    this.#marks = given.marks;
    this.#now = given.now;
  }

  /** After an op of this process. */
  afterwards({ entries, records, left }: Composed): Afterwards {
    if (left === undefined) return nothingLeft;
    const { plan, old, wipes, shares } = left;
    const root = entries[0] as Entry;
    const [record] = records;
    if (shares && record?.type === 'membership') {
      // What it replaces is stripped together with its finish, when the shared mark stands: were the two apart, a strip
      // that failed would be forgotten by the finish.
      this.#share(root, { record, hidden: { dlv: root.dlv ?? 0 } }, old);
      return nothingLeft;
    }
    if (plan.projections.length > 0) return { before: 'next op', done: this.#finish(root, plan, old) };
    if (wipes)
      return { before: 'answer', done: this.#store.strip(old, this.#now()).then(() => this.#later([], [root._id])) };
    this.#later(old, [root._id]);
    return nothingLeft;
  }

  async #finish(root: Entry, plan: Plan, old: readonly string[]): Promise<void> {
    const outcomes = await Promise.all(plan.projections.map((projection) => this.#project(projection)));
    if (outcomes.every(Boolean)) this.#later(old, [root._id]);
  }

  async #project(projection: Projection): Promise<boolean> {
    const lane = targetOf(projection);
    const outcome = await this.#append().outcome({
      lane,
      key: projection.key,
      user: projection.userId,
      named: lane,
      isRetry: false,
      group: { hasFailed: false },
      decide: (scene) => project(projection, scene),
    });
    return outcome.ok;
  }

  #share(root: Entry, { record, hidden }: Pick<Held<MembershipRecord>, 'record' | 'hidden'>, old: string[]): void {
    const { conversation, readSeq } = record;
    const { user, _id: key } = root;
    this.#marks().add({ conversation, user, readSeq, deliveredSeq: hidden.dlv ?? readSeq, done: [{ key, old }] });
  }

  /** Off the answers' way and many at a time; what a crash prevents stands as pending. */
  #later(strip: readonly string[], finish: readonly string[]): void {
    this.#stripping.push(...strip);
    this.#finishing.push(...finish);
    this.#cleaning ??= this.#clean().finally(() => (this.#cleaning = undefined));
  }

  async #clean(): Promise<void> {
    // One turn later, so that a whole flush is one clean-up.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#stripping.length + this.#finishing.length > 0) {
      const strip = this.#stripping.splice(0);
      const finish = this.#finishing.splice(0);
      try {
        if (strip.length > 0) await this.#store.strip(strip, this.#now());
        if (finish.length > 0) await this.#store.finish(finish);
      } catch {
        return; // they stand as pending: the periodic look finds them
      }
    }
  }

  shared(done: readonly Shared[]): void {
    this.#later(
      done.flatMap(({ old }) => old),
      done.map(({ key }) => key),
    );
  }

  /** Resolves when nothing of the clean-up is under way. */
  async settled(): Promise<void> {
    while (this.#cleaning !== undefined) await this.#cleaning;
  }

  /** Before a stream's state is read: finishes the op at its tail, and the projections that others left. True: read the tail again. */
  async atTail(stream: StreamId, tail: Entry): Promise<boolean> {
    if (!isConversation(stream)) return false;
    if (tail.part < tail.of) {
      const [root] = await this.#store.byKeys([rootKey(tail)]);
      if (root !== undefined && !isMarker(root)) await this.#writeParts(root);
    }
    for (const root of await this.#store.pending({ stream })) await this.complete(root);
    return true;
  }

  async #writeParts(root: Entry): Promise<void> {
    if (root.plan === undefined) return;
    let { parts } = JSON.parse(root.plan) as Plan;
    // A part that stands is passed over: parts are written at revs fixed by the plan, so it is the same one.
    while (parts.length > 0) parts = parts.slice((await this.#store.insert(parts)).written + 1);
  }

  async complete(root: Entry): Promise<void> {
    if (root.plan !== undefined) {
      await this.#writeParts(root);
      const { projections } = JSON.parse(root.plan) as Plan;
      const outcomes = await Promise.all(projections.map((projection) => this.#project(projection)));
      if (!outcomes.every(Boolean)) return;
    }
    if (root.old !== undefined) await this.#store.strip(root.old, this.#now());
    if (root.type === 'membership' && root.for !== undefined) {
      // Whatever stands there now: a mark may have been replaced before it was shared.
      const present = await readCurrent(this.#store, root.stream, 'membership', root.id);
      if (present !== undefined) return this.#share(root, present, []);
    }
    await this.#store.finish([root._id]);
  }

  /** Everything half done that is older than `before`, of all streams: at start, and from time to time. */
  async look(before: number): Promise<number> {
    const left = await this.#store.pending({ before });
    for (const root of left) await this.complete(root);
    return left.length;
  }
}
