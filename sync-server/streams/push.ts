import { type Failure, type SyncError, syncError } from '#protocol/errors.ts';
import { type OpId, type StreamId, type UserId, isConversation, personalStream } from '#protocol/ids.ts';
import { OpHead, isOpKind, ops } from '#protocol/op.ts';
import { parse } from '#protocol/shape.ts';
import { type OpResult, type PushAnswer, PushRequest } from '#protocol/verbs.ts';
import type { Intake } from './append/intake.ts';
import type { NewTask } from './append/task.ts';
import type { Rule } from './decision.ts';
import { rules } from './ops/rules.ts';
import type { Caller } from './streams.ts';

/** An op of a person on a conversation, and the ops that wait for it. */
interface Link {
  stream: StreamId;
  hasEntered: boolean;
  /** Ops that may enter their queue once this one has; usually none. */
  onEntered?: (() => void)[];
  /** Ops that may enter their queue once this one is answered; usually none. */
  onSettled?: (() => void)[];
}

/** Ops enter their queues in the turn that the push arrived in and in its order; one result per op. Never rejects. [AP6] [AP11] */
export function createPush(intake: Intake): (caller: Caller, request: unknown) => Promise<PushAnswer | Failure> {
  // Marks and settings go through the queue of the person's own stream, everything else through the conversation's. An op
  // that follows another one on the same conversation but in the other queue waits for it, so that they take effect in
  // order. [ST5]
  const chains = new Map<string, Link>();

  function enter(task: NewTask): void {
    const { stream, settled } = task;
    const place = `${task.user} ${task.named}`;
    const before = chains.get(place);
    const link: Link = { stream, hasEntered: false };
    chains.set(place, link);
    task.settled = (outcome) => {
      if (chains.get(place) === link) chains.delete(place);
      settled(outcome);
      for (const start of link.onSettled ?? []) queueMicrotask(start);
    };
    if (before === undefined || (before.stream === stream && before.hasEntered)) return start(task, link);
    const waiting = before.stream === stream ? (before.onEntered ??= []) : (before.onSettled ??= []);
    waiting.push(() => start(task, link));
  }

  function start(task: NewTask, link: Link): void {
    link.hasEntered = true;
    intake.enqueue(task);
    for (const next of link.onEntered ?? []) queueMicrotask(next);
  }

  function one(user: UserId, raw: unknown, at: number, results: Results, groups: Groups | undefined): void {
    const op = readOp(raw);
    if (!op.ok) return results.put(at, { id: idOf(raw), ok: false, error: op.error });
    const { id, named, isRetry, isPersonal, rule, input } = op;
    let group = groups?.get(named);
    if (group === undefined) {
      group = { hasFailed: false };
      groups?.set(named, group);
    }
    enter({
      stream: isPersonal || !isConversation(named) ? personalStream(user) : named,
      key: id,
      user,
      named,
      isRetry,
      rule,
      input,
      group,
      settled: (outcome) => results.put(at, { id, ...outcome }),
    });
  }

  function all(user: UserId, request: unknown, resolve: (answer: PushAnswer | Failure) => void): void {
    const parsed = parse(PushRequest, request);
    if (!parsed.ok) return resolve({ error: parsed.error });
    const { ops } = parsed.value;
    const results = new Results(ops.length, resolve);
    const groups: Groups | undefined = ops.length > 1 ? new Map() : undefined;
    for (let at = 0; at < ops.length; at++) one(user, ops[at], at, results, groups);
  }

  // One promise per push: a promise costs more than the rest of an op's way into its queue.
  return ({ userId }, request) => new Promise((resolve) => all(userId, request, resolve));
}

type Groups = Map<StreamId, NewTask['group']>;

/**
 * Collects one push's results. Pending ops refer to this instead of to the request: thousands are pending at once, and the
 * collector would copy each request again and again.
 */
class Results {
  readonly #results: OpResult[] = [];
  readonly #resolve: (answer: PushAnswer) => void;
  #missing: number;

  constructor(count: number, resolve: (answer: PushAnswer) => void) {
    this.#missing = count;
    this.#resolve = resolve;
    if (count === 0) resolve({ results: this.#results });
  }

  put(at: number, result: OpResult): void {
    this.#results[at] = result;
    this.#missing--;
    if (this.#missing === 0) this.#resolve({ results: this.#results });
  }
}

function idOf(raw: unknown): string {
  return typeof raw === 'object' && raw !== null && 'id' in raw && typeof raw.id === 'string' ? raw.id : '';
}

type ReadOp =
  | { ok: false; error: SyncError }
  | ({ ok: true; id: OpId; named: StreamId; isRetry: boolean; isPersonal: boolean } & Pick<NewTask, 'rule' | 'input'>);

const refuseWith: Rule<SyncError> = (error) => ({ effect: 'refuse', error });
const failWith: Rule<unknown> = (defect) => {
  throw defect;
};

/**
 * An op is parsed on arrival but refused only in its turn, because a resend is recognised before its other fields are
 * looked at. A defect met while parsing is also raised in the op's turn, so that it fails this op alone. [AP4] [AP6] [SH1]
 */
function readOp(raw: unknown): ReadOp {
  const kind = (raw as { kind?: unknown } | null | undefined)?.kind;
  const isPersonal = isOpKind(kind) && rules[kind].writesTo === 'personal';
  let rule = refuseWith as NewTask['rule'];
  let input: unknown;
  if (!isOpKind(kind)) input = syncError('invalid', 'no such kind of op', { path: 'kind' });
  else {
    try {
      const parsed = parse(ops[kind], raw);
      if (parsed.ok) {
        const { id, stream, retry } = parsed.value;
        const { decide } = rules[kind];
        return {
          ok: true,
          id,
          named: stream,
          isRetry: retry === true,
          isPersonal,
          rule: decide as NewTask['rule'],
          input: parsed.value,
        };
      }
      input = parsed.error;
    } catch (defect) {
      rule = failWith;
      input = defect;
    }
  }
  const head = parse(OpHead, raw);
  if (!head.ok) return head;
  const { id, stream, retry } = head.value;
  return { ok: true, id, named: stream, isRetry: retry === true, isPersonal, rule, input };
}

/** The store failed, and with it the whole request. */
export function storeUnavailable(): Failure {
  return { error: syncError('unavailable', 'the database does not answer, try again', { retryAfterMs: 1_000 }) };
}
