import { type StreamId, type UserId, directMembers, isDirect } from '#protocol/ids.ts';

/** Who has blocked whom, as the rules of ops and everything that is sent live ask it. It answers from memory. [BL1] */
export interface Blocks {
  has(by: UserId, blocked: UserId): boolean;
  /** Durable when it resolves, and obeyed from then on. It comes before the entry, so that no answered block is without effect. */
  change(by: UserId, blocked: UserId, on: boolean): Promise<void>;
}

/** Where nobody can have blocked anybody. */
export const noBlocks: Blocks = { has: () => false, change: () => Promise.resolve() };

/** Whether nothing ephemeral passes between two people, whichever of them has blocked the other. */
export function areApart(blocks: Pick<Blocks, 'has'>, one: UserId, other: UserId): boolean {
  return blocks.has(one, other) || blocks.has(other, one);
}

/** Whether this person writes, in a direct chat, to somebody who has blocked them. [BL2] */
export function isWithheld(blocks: Pick<Blocks, 'has'>, stream: StreamId, sender: UserId): boolean {
  return isDirect(stream) && directMembers(stream).some((member) => member !== sender && blocks.has(member, sender));
}
