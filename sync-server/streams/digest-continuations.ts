import { type ConversationId, type StreamId, uuidV7 } from '#protocol/ids.ts';
import type { Caller } from './streams.ts';

const KEPT_MS = 10 * 60_000;
/** Streams over all devices: some 50 MB at worst, and enough for 50 first syncs of 10,000 chats at once. */
const MOST_STREAMS = 500_000;

/** What a digest showed to differ and has not been sent yet. */
export interface Continuation {
  /** In the order of their pages. */
  streams: readonly StreamId[];
  /** What the device holds after the pages that were sent; absent if it holds nothing. */
  cursors: ReadonlyMap<StreamId, number>;
  /** False if the digest could not tell everything that differs. */
  isComplete: boolean;
  /** The conversations that the person had when the digest came. */
  present: readonly ConversationId[];
}

export interface DigestContinuations {
  /** The token to ask with. It replaces what was kept for this device. */
  keep(caller: Caller, continuation: Continuation): string;
  /** Each token is valid for one answer. Undefined if it is unknown, used, or too old: the device then sends its digest again. */
  take(caller: Caller, token: string): Continuation | undefined;
  /** Drops what nobody has asked for in time. */
  dropOld(): void;
  /** How many devices and pages are remembered. */
  size(): number;
}

/**
 * Keeps the continuation of an answer, so that the next page costs the device a few bytes and not another digest. [DG2] Losing it costs
 * one digest, so it is kept in the memory of one server.
 */
export function createDigestContinuations(now: () => number): DigestContinuations {
  // In the order of their times, so the first one is the oldest.
  const kept = new Map<string, { token: string; at: number; continuation: Continuation }>();
  const keyOf = ({ userId, device = '' }: Caller) => `${userId} ${device}`;
  let streams = 0;

  function drop(key: string): void {
    streams -= kept.get(key)?.continuation.streams.length ?? 0;
    kept.delete(key);
  }

  function dropOld(): void {
    for (const [oldest, { at }] of kept) {
      if (streams <= MOST_STREAMS && now() - at <= KEPT_MS) return;
      drop(oldest);
    }
  }

  return {
    keep(caller, continuation) {
      const key = keyOf(caller);
      drop(key);
      const token = uuidV7(now(), crypto.getRandomValues(new Uint8Array(10)));
      kept.set(key, { token, at: now(), continuation });
      streams += continuation.streams.length;
      dropOld();
      return token;
    },
    take(caller, token) {
      const key = keyOf(caller);
      const found = kept.get(key);
      if (found?.token !== token || now() - found.at > KEPT_MS) return undefined;
      drop(key);
      return found.continuation;
    },
    size: () => kept.size,
    dropOld,
  };
}
