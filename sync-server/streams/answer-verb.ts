import { CELL_DIGITS } from '#protocol/digest-cells.ts';
import { type Failure, syncError } from '#protocol/errors.ts';
import type { UserId } from '#protocol/ids.ts';
import type { AnswerOf, PullRequest, Verb } from '#protocol/verbs.ts';
import { createFairTurns } from './fair-turns.ts';
import { createOpsInFlight } from './ops-in-flight.ts';
import { storeUnavailable } from './push.ts';
import type { Caller, Streams } from './streams.ts';
import { ANSWER_MS } from './with-deadline.ts';

export type AnswerVerb = <K extends Verb>(verb: K, caller: Caller, request: unknown) => Promise<AnswerOf<K> | Failure>;

/** How much one person may have in flight, over all sockets and HTTP, and how much one of their devices may. */
export interface VerbBounds {
  /** Reads that wait for their turn; one more runs. */
  reads: number;
  ops: number;
  device: { reads: number; ops: number };
}

interface AnswerParts {
  streams: Streams;
  /** Counts a call. Returns how long the person must wait before it, milliseconds, or 0. */
  takeCall: (userId: UserId) => number;
  /** Absent: nothing is refused, but reads still take turns. */
  bounds: VerbBounds | undefined;
  /** Called with errors that should be impossible: a bug. */
  onDefect: (error: unknown) => void;
}

/**
 * An app has at most four pushes of 100 ops and two reads in flight. This is enough for several devices at once, and no device
 * can use all of it.
 */
export const defaultBounds: VerbBounds = { reads: 20, ops: 2_000, device: { reads: 10, ops: 1_000 } };

const RETRY_AFTER_MS = 1_000;

/**
 * The one handler behind both transports. Reads take turns by what they cost [VB9]; pushes never wait, so that they are
 * queued in the order in which they arrive [AP11]. Never rejects: an error thrown inside is answered with `internal`. [VB1] [ER1]
 */
export function createAnswerVerb({ streams, takeCall, bounds, onDefect }: AnswerParts): AnswerVerb {
  const turns = createFairTurns({ waitMs: ANSWER_MS, ...(bounds === undefined ? {} : { maxWaiting: bounds.reads }) });
  const opsOfPeople = createOpsInFlight(bounds?.ops);
  const opsOfDevices = createOpsInFlight(bounds?.device.ops);
  const readsOfDevices = new Map<string, number>();

  function push(caller: Caller, request: unknown): Promise<AnswerOf<'push'>> {
    const refused = () => Promise.resolve(tooMany(RETRY_AFTER_MS));
    const ofPerson = () => opsOfPeople.hold(caller.userId, request, () => streams.push(caller, request)) ?? refused();
    return opsOfDevices.hold(deviceOf(caller), request, ofPerson) ?? refused();
  }

  async function read(verb: 'pull' | 'history', caller: Caller, request: unknown) {
    const device = deviceOf(caller);
    const inFlight = readsOfDevices.get(device) ?? 0;
    if (bounds !== undefined && inFlight > bounds.device.reads) return tooMany(RETRY_AFTER_MS);
    readsOfDevices.set(device, inFlight + 1);
    try {
      return await readInTurn(verb, caller, request);
    } finally {
      const left = (readsOfDevices.get(device) ?? 1) - 1;
      if (left === 0) readsOfDevices.delete(device);
      else readsOfDevices.set(device, left);
    }
  }

  async function readInTurn(verb: 'pull' | 'history', caller: Caller, request: unknown) {
    const work = (): Promise<AnswerOf<'pull'> | AnswerOf<'history'>> => streams[verb](caller, request);
    const answer = await turns.run(caller.userId, work, (found) => costOf(request, found));
    if (answer === 'too many') return tooMany(RETRY_AFTER_MS);
    return answer === 'too late' ? storeUnavailable() : answer;
  }

  return (verb, caller, request) => {
    const retryAfterMs = takeCall(caller.userId);
    if (retryAfterMs > 0) return Promise.resolve(tooMany(retryAfterMs));
    const answered = verb === 'push' ? push(caller, request) : read(verb, caller, request);
    return (answered as Promise<AnswerOf<typeof verb>>).catch((error: unknown) => {
      onDefect(error);
      return { error: syncError('internal', 'something went wrong here') };
    });
  };
}

const deviceOf = ({ userId, device = '' }: Caller) => `${userId} ${device}`;

function tooMany(retryAfterMs: number): Failure {
  return { error: syncError('rate_limited', 'too many requests, wait', { retryAfterMs }) };
}

/** Finding out that nothing is new costs about as much as reading this many records. */
const COST_OF_CALL = 10;
/** A cursor, or a cell of a digest, is only looked up in memory. */
const COST_OF_CURSOR = 0.02;

/** In records read. */
function costOf(request: unknown, answer: AnswerOf<'pull'> | AnswerOf<'history'>): number {
  if ('error' in answer) return COST_OF_CALL;
  if ('records' in answer) return COST_OF_CALL + answer.records.length;
  const { cursors, digest } = request as PullRequest;
  const named = Object.keys(cursors ?? {}).length + (digest?.cells.length ?? 0) / CELL_DIGITS;
  let cost = COST_OF_CALL + COST_OF_CURSOR * named;
  for (const { records } of answer.streams) cost += 1 + records.length;
  return cost;
}
