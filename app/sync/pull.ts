import { personalStream, type StreamId } from '#protocol/ids.ts';
import { pullByCursors } from './pull-by-cursors.ts';
import { pullByDigest } from './pull-by-digest.ts';
import type { Pulled, PullParts } from './pull-parts.ts';

/** Naming more streams than this costs more than a digest of all. */
const MOST_NAMED = 40;

/** Brings every stream, or only those in `only`, to the server's head. */
export async function pullStreams(parts: PullParts, only?: readonly StreamId[]): Promise<Pulled> {
  const cells = parts.digestCells();
  // The person's own stream may name conversations that are new here, and a digest brings those too. [LV4]
  const isFew = only !== undefined && only.length <= MOST_NAMED && !only.includes(personalStream(parts.store.userId));
  if (cells === undefined || isFew) return pullByCursors(parts, only);
  const pulled = await pullByDigest(parts, cells);
  return pulled.kind === 'unclear' ? pullByCursors(parts, only) : pulled;
}
