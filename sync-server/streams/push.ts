import { type Failure, syncError } from '#protocol/errors.ts';
import { type StreamId, type UserId, isConversation, personalStream } from '#protocol/ids.ts';
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
import { type Outcome, type Task, unavailable } from './task.ts';

/** One op on its way, and where the person's next one on the same stream has to wait. */
interface Link {
  lane: StreamId;
  /** Present until the op has entered its queue. */
  entering: Promise<void> | undefined;
  done: Promise<Outcome>;
}

/** Ops enter their queues before the first await, in order; an answer per op, in order. [AP6] [AP11] */
export function createPush(append: Append): (caller: Caller, request: unknown) => Promise<PushAnswer | Failure> {
  // A person's marks and settings go through his own stream's queue, the rest through the conversation's. Where an op
  // follows one on the same conversation from the other queue, it waits, so that they take effect in order. [ST5]
  const chains = new Map<string, Link>();

  function enter(
    task: Pick<Task, 'lane' | 'key' | 'user' | 'named' | 'isRetry' | 'decide' | 'group'>,
  ): Promise<Outcome> {
    const place = `${task.user} ${task.named}`;
    const before = chains.get(place);
    const gate =
      before === undefined
        ? undefined
        : before.lane === task.lane
          ? before.entering
          : before.done.then(() => undefined);
    const link: Link = { lane: task.lane, entering: undefined, done: Promise.resolve(unavailable()) };
    if (gate === undefined) link.done = append.enqueue(task);
    else {
      let entered: () => void = () => undefined;
      link.entering = new Promise((resolve) => (entered = resolve));
      link.done = gate.then(() => {
        link.entering = undefined;
        const outcome = append.enqueue(task);
        entered();
        return outcome;
      });
    }
    chains.set(place, link);
    void link.done.then(() => {
      if (chains.get(place) === link) chains.delete(place);
    });
    return link.done;
  }

  async function one(user: UserId, raw: unknown, groups: Map<StreamId, Task['group']>): Promise<OpResult> {
    const head = parse(OpHead, raw);
    if (!head.ok) return { id: idOf(raw), ok: false, error: head.error };
    const { id, stream, retry } = head.value;
    let group = groups.get(stream);
    if (group === undefined) groups.set(stream, (group = { hasFailed: false }));
    const { decide, isOwn } = decider(raw, append);
    const lane = isOwn || !isConversation(stream) ? personalStream(user) : stream;
    const outcome = await enter({ lane, key: id, user, named: stream, isRetry: retry === true, decide, group });
    return { id, ...outcome };
  }

  return async ({ userId }, request) => {
    const parsed = parse(PushRequest, request);
    if (!parsed.ok) return { error: parsed.error };
    const groups = new Map<StreamId, Task['group']>();
    return { results: await Promise.all(parsed.value.ops.map((raw) => one(userId, raw, groups))) };
  };
}

function idOf(raw: unknown): string {
  return typeof raw === 'object' && raw !== null && 'id' in raw && typeof raw.id === 'string' ? raw.id : '';
}

/**
 * Parsed now, refused only in its turn: a resend is recognised before its other fields are read. A defect met here is told
 * in its turn too, of this op alone. [AP4] [AP6] [SH1]
 */
function decider(raw: unknown, append: Append): { decide: Decide; isOwn: boolean } {
  const kind = (raw as { kind?: unknown }).kind;
  if (!isOpKind(kind)) return { decide: () => refuse('invalid', 'no such kind of op', 'kind'), isOwn: false };
  const isOwn = kind === 'receipt.mark' || kind === 'membership.update';
  return { decide: deciderOfRaw(kind, raw, append), isOwn };
}

function deciderOfRaw(kind: Op['kind'], raw: unknown, append: Append): Decide {
  try {
    const parsed = parse(ops[kind], raw);
    if (parsed.ok) return deciderOf(parsed.value, append);
    const { error } = parsed;
    return () => ({ effect: 'refuse', error });
  } catch (defect) {
    return () => {
      throw defect;
    };
  }
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
