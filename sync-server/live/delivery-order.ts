import { type StreamId, isConversation } from '#protocol/ids.ts';
import type { Announcement, Reader } from '#server/streams/announcement.ts';
import type { Told } from './server-bus.ts';
import type { Readers } from './reader-cache.ts';

export interface InOrder {
  /** `readers`: as the announcement itself says, where it was made by this server. */
  take(told: Told, readers?: readonly Reader[]): void;
  /** Up to where a stream was delivered here; undefined: nothing yet. */
  cursorOf(stream: StreamId): number | undefined;
  /** Devices were told by `heads` that a stream stands here: what comes late goes nowhere. */
  passed(stream: StreamId, cursor: number): void;
}

interface Waiting {
  told: Told;
  readers: readonly Reader[] | undefined;
  /** Monotonic: until then the steps before it may still come. */
  until: number;
}

interface Place {
  stream: StreamId;
  cursor: number;
  waiting: Waiting[];
  isReading: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const MAX_PLACES = 10_000;
const MAX_WAITING = 1_000;

interface InOrderParts {
  readers: Readers;
  deliver: (announcement: Announcement) => void;
  /** How long a step waits for those before it, which another server announces; 0: there is none. */
  holdMs: number;
  onDefect: (error: unknown) => void;
}

/**
 * Steps of a stream leave this server in rev order, whichever server made them, and only to whoever may read what stands
 * there. A step that comes after later ones is left out: who lacks it has been made to pull by the gap. [LV3] [RA3]
 */
export function createInOrder({ readers, deliver, holdMs, onDefect }: InOrderParts): InOrder {
  const places = new Map<StreamId, Place>();

  function placeOf(stream: StreamId): Place {
    const found = places.get(stream);
    const place = found ?? { stream, cursor: 0, waiting: [], isReading: false, timer: undefined };
    places.delete(stream);
    places.set(stream, place);
    if (places.size > MAX_PLACES) forgetOne();
    return place;
  }

  function forgetOne(): void {
    for (const [stream, { waiting }] of places) {
      if (waiting.length > 0) continue;
      places.delete(stream);
      return;
    }
  }

  function drain(place: Place): void {
    for (let next = place.waiting[0]; next !== undefined; next = place.waiting[0]) {
      const { told, until } = next;
      if (told.cursor <= place.cursor) {
        place.waiting.shift();
        continue;
      }
      const isGap = place.cursor > 0 && told.prev > place.cursor;
      if (isGap && place.waiting.length <= MAX_WAITING) {
        const leftMs = until - performance.now();
        if (leftMs > 0) {
          place.timer ??= setTimeout(() => {
            place.timer = undefined;
            drain(place);
          }, leftMs + 1);
          return;
        }
      }
      const mayRead = next.readers ?? readers.known(told.stream, told.membershipRev);
      if (mayRead === undefined) return readFor(place);
      place.waiting.shift();
      place.cursor = told.cursor;
      deliver({ ...told, readers: mayRead });
    }
  }

  function readFor(place: Place): void {
    if (place.isReading) return;
    place.isReading = true;
    readAgain(place)
      .catch(onDefect)
      .finally(() => {
        place.isReading = false;
        drain(place);
      });
  }

  /** The membership as stored. Where even that is behind, or can't be had, the steps are lost: `heads` tells of them. */
  async function readAgain({ stream, waiting }: Place): Promise<void> {
    if (!isConversation(stream)) return;
    try {
      // The first may have been under way since before the announcement.
      await readers.read(stream);
      if (waiting.some(isUnknown)) await readers.read(stream);
    } catch {
      // Nobody is told what can't be authorised.
    }
    for (let at = waiting.length - 1; at >= 0; at--) if (isUnknown(waiting[at] as Waiting)) waiting.splice(at, 1);
  }

  function isUnknown(waiting: Waiting): boolean {
    const { stream, membershipRev } = waiting.told;
    return waiting.readers === undefined && readers.known(stream, membershipRev) === undefined;
  }

  return {
    take(told, given) {
      const place = placeOf(told.stream);
      let at = place.waiting.length;
      while (at > 0 && (place.waiting[at - 1] as Waiting).told.cursor > told.cursor) at--;
      place.waiting.splice(at, 0, { told, readers: given, until: performance.now() + holdMs });
      if (!place.isReading) drain(place);
    },
    cursorOf: (stream) => places.get(stream)?.cursor,
    passed(stream, cursor) {
      const place = placeOf(stream);
      place.cursor = Math.max(place.cursor, cursor);
      if (!place.isReading) drain(place);
    },
  };
}
