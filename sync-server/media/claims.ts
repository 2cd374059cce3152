import type { MediaId, StreamId } from '#protocol/ids.ts';
import type { Files } from '#server/streams/files.ts';
import { type Claim, type MediaRow, attachmentOf } from './media-row.ts';
import type { MediaRows } from './media-rows.ts';

/** How long a file may wait for its message. A device may be offline between the upload and the message. [MD7] */
export const UNSENT_KEPT_MS = 24 * 3_600_000;
/** By then the deletion of the last message is stored. */
export const RELEASED_KEPT_MS = 60_000;
/** Each read of a file looks at the messages that carry it, and a row has a maximum size. */
const MAX_CLAIMS = 10_000;

/**
 * Claims record which messages carry a file, and whose picture it is. They are only pointers; the messages and profiles
 * themselves decide who may read.
 */
type Claimant = Omit<Claim, 'at'>;

export function createClaims(rows: MediaRows, now: () => number): Files {
  const isClaimedBy = (row: MediaRow, { stream, messageId }: Claimant) =>
    row.claims.some((claim) => claim.stream === stream && claim.messageId === messageId);

  async function claim(row: MediaRow, carrier: Claimant): Promise<boolean> {
    if (isClaimedBy(row, carrier)) return true;
    if (row.claims.length >= MAX_CLAIMS) return false;
    const at = now();
    return rows.claim(row._id, { ...carrier, at }, at + UNSENT_KEPT_MS);
  }

  async function claimAll(ids: readonly MediaId[], carrier: Claimant, mayUse: (row: MediaRow) => boolean) {
    const found = await rows.find(ids);
    const usable = ids.map((id) => found.get(id)).map((row) => (row !== undefined && mayUse(row) ? row : undefined));
    if (usable.includes(undefined)) return usable;
    return Promise.all(usable.map(async (row) => (row !== undefined && (await claim(row, carrier)) ? row : undefined)));
  }

  return {
    async attach(ids, carrier, sender) {
      const claimed = await claimAll(ids, carrier, (row) => row.owner === sender && row.stream === carrier.stream);
      return claimed.map((row) => (row === undefined ? undefined : attachmentOf(row)));
    },
    forward: async (ids, carrier) => !(await claimAll(ids, carrier, () => true)).includes(undefined),
    async picture(id, stream: StreamId, owner) {
      const isPicture = (row: MediaRow) => row.owner === owner && row.stream === stream && row.kind === 'image';
      return !(await claimAll([id], { stream }, isPicture)).includes(undefined);
    },
    release: (ids) => rows.checkSoon(ids, now() + RELEASED_KEPT_MS),
  };
}
