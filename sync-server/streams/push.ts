import { type Failure, type SyncError, syncError } from '#protocol/errors.ts';
import { type OpId, type StreamId, type UserId, isConversation, personalStream } from '#protocol/ids.ts';
import { type Op, OpHead, isOpKind, ops } from '#protocol/op.ts';
import { parse } from '#protocol/shape.ts';
import { type OpResult, type PushAnswer, PushRequest } from '#protocol/verbs.ts';
import type { Append } from './append.ts';
import { type Decide, refuse } from './decision.ts';
import * as conversations from './ops/conversations.ts';
import * as members from './ops/members.ts';
import * as messages from './ops/messages.ts';
import * as own from './ops/own.ts';
import type { Caller } from './streams.ts';
import type { NewTask, Task } from './task.ts';

/** One op on its way, and what has to wait for it: until it has entered its queue, or until it is settled. */
interface Link {
  lane: StreamId;
  hasEntered: boolean;
  /** Most have nobody waiting. */
  entered?: (() => void)[];
  settled?: (() => void)[];
}

/** Ops enter their queues in the turn that they came in, in order; an answer per op, in order. Never rejects. [AP6] [AP11] */
export function createPush(append: Append): (caller: Caller, request: unknown) => Promise<PushAnswer | Failure> {
  // A person's marks and settings go through his own stream's queue, the rest through the conversation's. Where an op
  // follows one on the same conversation from the other queue, it waits, so that they take effect in order. [ST5]
  const chains = new Map<string, Link>();

  function enter(task: NewTask): void {
    const { lane, settled } = task;
    const place = `${task.user} ${task.named}`;
    const before = chains.get(place);
    const link: Link = { lane, hasEntered: false };
    chains.set(place, link);
    task.settled = (outcome) => {
      if (chains.get(place) === link) chains.delete(place);
      settled(outcome);
      for (const start of link.settled ?? []) queueMicrotask(start);
    };
    if (before === undefined || (before.lane === lane && before.hasEntered)) return start(task, link);
    const later = before.lane === lane ? (before.entered ??= []) : (before.settled ??= []);
    later.push(() => start(task, link));
  }

  function start(task: NewTask, link: Link): void {
    link.hasEntered = true;
    append.enqueue(task);
    for (const next of link.entered ?? []) queueMicrotask(next);
  }

  function one(user: UserId, raw: unknown, at: number, answers: Answers, groups: Groups | undefined): void {
    const read = readOp(raw, append);
    if (!read.ok) return answers.put(at, { id: idOf(raw), ok: false, error: read.error });
    const { id, stream, isRetry, decide, isOwn } = read;
    let group = groups?.get(stream);
    if (group === undefined) {
      group = { hasFailed: false };
      groups?.set(stream, group);
    }
    enter({
      lane: isOwn || !isConversation(stream) ? personalStream(user) : stream,
      key: id,
      user,
      named: stream,
      isRetry,
      decide,
      group,
      settled: (outcome) => answers.put(at, { id, ...outcome }),
    });
  }

  function all(user: UserId, request: unknown, resolve: (answer: PushAnswer | Failure) => void): void {
    const parsed = parse(PushRequest, request);
    if (!parsed.ok) return resolve({ error: parsed.error });
    const { ops } = parsed.value;
    const answers = new Answers(ops.length, resolve);
    const groups: Groups | undefined = ops.length > 1 ? new Map() : undefined;
    for (let at = 0; at < ops.length; at++) one(user, ops[at], at, answers, groups);
  }

  // One promise for a whole push: each costs more than the rest of an op's way into its queue.
  return ({ userId }, request) => new Promise((resolve) => all(userId, request, resolve));
}

type Groups = Map<StreamId, Task['group']>;

/**
 * One push's results as they come. What waits for an op holds on to this and not to the request: thousands are under way
 * at once, and the collector would copy each request again and again.
 */
class Answers {
  readonly #results: OpResult[] = [];
  readonly #resolve: (answer: PushAnswer) => void;
  #left: number;

  constructor(count: number, resolve: (answer: PushAnswer) => void) {
    this.#left = count;
    this.#resolve = resolve;
    if (count === 0) resolve({ results: this.#results });
  }

  put(at: number, result: OpResult): void {
    this.#results[at] = result;
    this.#left--;
    if (this.#left === 0) this.#resolve({ results: this.#results });
  }
}

function idOf(raw: unknown): string {
  return typeof raw === 'object' && raw !== null && 'id' in raw && typeof raw.id === 'string' ? raw.id : '';
}

type ReadOp =
  | { ok: false; error: SyncError }
  | { ok: true; id: OpId; stream: StreamId; isRetry: boolean; decide: Decide; isOwn: boolean };

/**
 * Parsed now, refused only in its turn: a resend is recognised before its other fields are read. A defect met here is told
 * in its turn too, of this op alone. [AP4] [AP6] [SH1]
 */
function readOp(raw: unknown, append: Append): ReadOp {
  const kind = (raw as { kind?: unknown } | null | undefined)?.kind;
  const isOwn = kind === 'receipt.mark' || kind === 'membership.update';
  let decide: Decide = () => refuse('invalid', 'no such kind of op', 'kind');
  if (isOpKind(kind)) {
    try {
      const parsed = parse(ops[kind], raw);
      if (parsed.ok) {
        const { id, stream, retry } = parsed.value;
        return { ok: true, id, stream, isRetry: retry === true, decide: deciderOf(parsed.value, append), isOwn };
      }
      const { error } = parsed;
      decide = () => ({ effect: 'refuse', error });
    } catch (defect) {
      decide = () => {
        throw defect;
      };
    }
  }
  const head = parse(OpHead, raw);
  if (!head.ok) return head;
  const { id, stream, retry } = head.value;
  return { ok: true, id, stream, isRetry: retry === true, decide, isOwn };
}

function deciderOf(op: Op, append: Append): Decide {
  switch (op.kind) {
    case 'message.send':
      return (scene) => messages.send(op, scene);
    case 'message.edit':
      return (scene) => messages.edit(op, scene);
    case 'message.delete':
      return (scene) => messages.remove(op, scene);
    case 'message.pin':
      return (scene) => messages.pin(op, scene);
    case 'reaction.set':
      return (scene) => messages.react(op, scene);
    case 'receipt.mark':
      return (scene) => own.mark(op, scene, append);
    case 'conversation.create':
      return (scene) => conversations.create(op, scene);
    case 'conversation.update':
      return (scene) => conversations.update(op, scene);
    case 'member.add':
      return (scene) => members.add(op, scene);
    case 'member.remove':
      return (scene) => members.remove(op, scene);
    case 'member.role':
      return (scene) => members.setRole(op, scene);
    case 'membership.update':
      return (scene) => own.update(op, scene);
  }
}

/** The whole request failed in the store. */
export function notNow(): Failure {
  return { error: syncError('unavailable', 'the database does not answer, try again', { retryAfterMs: 1_000 }) };
}
