import type { StreamId } from '#protocol/ids.ts';
import type { Hint } from './entry-store.ts';

/** Some 15 MB. */
const MOST_STREAMS = 100_000;

interface Known {
  hint: Hint;
  /** False while only what this process raised is known. */
  isRead: boolean;
}

/** Hints that have been read once. They stay correct, because every raise passes through here. */
export interface KnownHints {
  raise(stream: StreamId, hint: Hint): void;
  /** Undefined if it was not read yet. */
  known(stream: StreamId): Hint | undefined;
  /** Unknown streams are absent. */
  read(streams: readonly StreamId[]): Promise<Map<StreamId, Hint>>;
}

/** For a store that no other server writes to. With it, a digest of 3,000 streams that are at their heads reads nothing. [DG1] */
export function createKnownHints(readHints: KnownHints['read'], mostStreams = MOST_STREAMS): KnownHints {
  const known = new Map<StreamId, Known>();

  async function readUnknown(streams: readonly StreamId[]): Promise<Map<StreamId, Hint>> {
    // Raises from here on are kept separately from what is read, which may be older.
    for (const stream of streams)
      if (!known.has(stream)) known.set(stream, { hint: { head: 0, messageAt: 0 }, isRead: false });
    const found = await readHints(streams);
    for (const stream of streams) {
      const one = known.get(stream);
      if (one === undefined) continue;
      one.hint = raised(one.hint, found.get(stream) ?? one.hint);
      one.isRead = true;
      if (one.hint.head > 0) found.set(stream, one.hint);
    }
    for (const oldest of known.keys()) {
      if (known.size <= mostStreams) break;
      known.delete(oldest);
    }
    return found;
  }

  return {
    raise(stream, hint) {
      const one = known.get(stream);
      if (one !== undefined) one.hint = raised(one.hint, hint);
    },
    known(stream) {
      const one = known.get(stream);
      return one?.isRead === true ? one.hint : undefined;
    },
    async read(streams) {
      const hints = new Map<StreamId, Hint>();
      const unknown: StreamId[] = [];
      for (const stream of streams) {
        const one = known.get(stream);
        if (one?.isRead !== true) unknown.push(stream);
        else if (one.hint.head > 0) hints.set(stream, one.hint);
      }
      if (unknown.length > 0) for (const [stream, hint] of await readUnknown(unknown)) hints.set(stream, hint);
      return hints;
    },
  };
}

export function raised(before: Hint, { head, messageAt }: Hint): Hint {
  return { head: Math.max(head, before.head), messageAt: Math.max(messageAt, before.messageAt) };
}
