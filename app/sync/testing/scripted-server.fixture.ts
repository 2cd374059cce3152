import { onTestFinished } from 'vitest';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { openMemoryLocalStore } from '#app/local-store/testing/memory-local-store.ts';
import { personalStream, uuidV7, type ConversationId, type OpId, type UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { KnownRecord } from '#protocol/record.ts';
import type { AnswerOf, OpResult, PullAnswer, RequestOf, Verb } from '#protocol/verbs.ts';
import { startEngine, type Engine, type EngineParts } from '#app/sync/engine.ts';
import type { SyncStatus } from '#app/sync/status.ts';
import type { Exchanged, Lost, ClientEvent, Transport, TransportEvents } from '#app/sync/transport.ts';
import { AT, until } from './fake-clock.fixture.ts';

/*
 * A server that a test scripts: the test sees every request and answers it itself. The clock is fake, and the store is the
 * one in memory, which keeps the same contract as the real one. Tests wait for conditions, never for a time.
 */

export interface Asked<K extends Verb = Verb> {
  verb: K;
  request: RequestOf<K>;
  /** The connection that it was sent on, counted from 1. */
  connection: number;
  answer(value: AnswerOf<K>): void;
  isSettled: boolean;
}

export interface ScriptedServer {
  open(events: TransportEvents): Transport;
  readonly asked: Asked[];
  /** Ephemeral events that were sent on an open connection. */
  readonly emitted: ClientEvent[];
  readonly connects: number;
  readonly isOpen: boolean;
  /** True by default: what the engine sends into silence is answered without the test. */
  answersProbes: boolean;
  /** `digest`: how many cells of a digest it takes; without it, it knows no digests. */
  welcome(userId: UserId, digest?: number, exchange?: Exchanged): void;
  lose(why?: Lost): void;
  events(): TransportEvents;
  /** Waits for an unanswered request of this verb, and returns the first. */
  next<K extends Verb>(verb: K): Promise<Asked<K>>;
  waiting<K extends Verb>(verb: K): Asked<K>[];
}

export function scriptedServer(): ScriptedServer {
  const asked: Asked[] = [];
  const emitted: ClientEvent[] = [];
  let events: TransportEvents | undefined;
  let connects = 0;
  let isTrying = false;
  let isUp = false;
  const hangUp = () => {
    isTrying = false;
    isUp = false;
    for (const one of asked) if (!one.isSettled) one.answer(undefined as never);
  };
  const given = () => {
    if (events === undefined) throw new Error('nobody has opened a connection');
    return events;
  };
  const waiting = <K extends Verb>(verb: K) =>
    asked.filter((one): one is Asked<K> => one.verb === verb && !one.isSettled);
  const server: ScriptedServer = {
    asked,
    emitted,
    answersProbes: true,
    get connects() {
      return connects;
    },
    get isOpen() {
      return isTrying;
    },
    open(given) {
      events = given;
      return {
        connect() {
          connects += 1;
          isTrying = true;
        },
        ask: (verb, request) => {
          if (!isUp) return Promise.resolve(undefined);
          return new Promise((resolve) => {
            const one = {
              verb,
              request,
              connection: connects,
              isSettled: false,
              answer(value: never) {
                one.isSettled = true;
                resolve(value);
              },
            };
            asked.push(one);
            if (server.answersProbes && isProbe(one)) one.answer(nothing as never);
          });
        },
        emit(...event) {
          if (isUp) emitted.push(event);
        },
        close: hangUp,
      };
    },
    welcome(userId, digest, exchange) {
      isUp = true;
      given().welcome({ userId, digest }, true, exchange);
    },
    lose(why = { kind: 'lost' }) {
      hangUp();
      given().lost(why);
    },
    events: given,
    async next(verb) {
      await until(() => waiting(verb).length > 0);
      return waiting(verb)[0] as Asked<typeof verb>;
    },
    waiting,
  };
  return server;
}

/** Whether a request is what the engine sends into silence: a pull of no stream. */
export function isProbe({ verb, request }: Asked): boolean {
  return verb === 'pull' && (request as RequestOf<'pull'>).only?.length === 0;
}

let ids = 0;
export function nextId(): OpId {
  ids += 1;
  return uuidV7(
    1_764_000_000_000 + ids,
    new Uint8Array(10).map((_, at) => (ids >> (at % 4)) & 0xff),
  );
}

export function send(stream: ConversationId, text: string): Op & { kind: 'message.send' } {
  return { id: nextId(), stream, kind: 'message.send', text, sentAt: AT };
}

export function messageOf(
  stream: ConversationId,
  seq: number,
  senderId: UserId,
  more: Partial<{ rev: number; id: OpId; text: string }> = {},
): KnownRecord & { type: 'message' } {
  const { rev = seq + 3, id = nextId(), text = `message ${seq}` } = more;
  return {
    type: 'message',
    id,
    stream,
    rev,
    seq,
    senderId,
    sentAt: AT,
    createdAt: AT,
    text,
    attachments: [],
    mentions: [],
    reactions: {},
  };
}

export function accepted(op: Op, seq = 1): OpResult {
  return op.kind === 'message.send'
    ? { id: op.id, ok: true, stream: op.stream, rev: seq + 3, seq }
    : { id: op.id, ok: true, stream: op.stream, rev: 1 };
}

export function refused(op: Op, code: 'unavailable' | 'internal' | 'forbidden' | 'not_found', ms?: number): OpResult {
  return { id: op.id, ok: false, error: { code, message: code, ...(ms === undefined ? {} : { retryAfterMs: ms }) } };
}

export const nothing: PullAnswer = { epoch: 'one', streams: [], more: false };

export interface Running {
  store: LocalStore;
  server: ScriptedServer;
  engine: Engine;
  statuses: SyncStatus[];
  defects: unknown[];
  phases(): string[];
}

/** Starts an engine over the store in memory, with the test as its server, for this test. It is not welcomed yet. */
export async function runEngine(more: Partial<EngineParts> = {}): Promise<Running> {
  const store = openMemoryLocalStore({ userId: 'me' as UserId });
  const server = scriptedServer();
  const statuses: SyncStatus[] = [];
  const defects: unknown[] = [];
  const engine = startEngine({
    store,
    transport: server.open,
    isOnline: () => true,
    isVisible: () => true,
    mayLead: () => Promise.resolve(true),
    onStatus: (status) => statuses.push(status),
    onEphemeral: () => undefined,
    onDefect: (error) => defects.push(error),
    random: () => 1,
    newId: nextId,
    ...more,
  });
  onTestFinished(() => {
    engine.close();
    store.close();
  });
  await until(() => server.connects === 1);
  return {
    store,
    server,
    engine,
    statuses,
    defects,
    phases: () => statuses.map(({ connection }) => connection.phase),
  };
}

/** Like `runEngine`, but welcomed and caught up: there was nothing to pull. */
export async function runCaughtUp(more: Partial<EngineParts> = {}): Promise<Running> {
  const running = await runEngine(more);
  await catchUp(running);
  return running;
}

/** Welcomes the device, and has nothing for it to pull. */
export async function catchUp({ server, store, phases }: Running): Promise<void> {
  server.welcome(store.userId);
  (await server.next('pull')).answer(nothing);
  await until(() => phases().at(-1) === 'online');
}

export const zoe = 'zoe' as UserId;
export const group = 'g:019ab697-e808-7804-8201-080402010804' as ConversationId;

/** A first page with a conversation of this person and others. */
export function conversationPage(
  self: UserId,
  stream: ConversationId,
  others: readonly UserId[],
  messages: KnownRecord[] = [],
): PullAnswer {
  const conversation: KnownRecord = {
    type: 'conversation',
    id: stream,
    stream,
    rev: 1,
    kind: 'group',
    createdBy: self,
    createdAt: AT,
    history: 'all',
    pins: [],
  };
  const members: KnownRecord[] = [self, ...others].map((userId) => ({
    type: 'member',
    id: `${stream}/${userId}`,
    stream,
    rev: 2,
    userId,
    name: userId,
    role: 'member',
    joinedAt: AT,
    ...(userId === self ? { fromSeq: 1 } : {}),
  }));
  const own = personalStream(self);
  const membership: KnownRecord = {
    type: 'membership',
    id: `${own}/${stream}`,
    stream: own,
    rev: 1,
    conversation: stream,
    role: 'member',
    joinedAt: AT,
    readSeq: 0,
  };
  const head = Math.max(2, ...messages.map(({ rev }) => rev));
  return {
    epoch: 'one',
    more: false,
    streams: [
      { stream: own, records: [membership], cursor: 1, more: false },
      { stream, records: [conversation, ...members, ...messages], cursor: head, more: false },
    ],
  };
}
