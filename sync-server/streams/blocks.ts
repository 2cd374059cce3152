import { type StreamId, type UserId, directMembers, isDirect } from '#protocol/ids.ts';

/** Who has blocked whom, for the rules of ops and for everything that is sent live. It answers from memory. [BL1] */
export interface Blocks {
  has(by: UserId, blocked: UserId): boolean;
  /**
   * Durable when it resolves, and in force from then on. It is called before the entry is written, so that every block that is
   * answered `ok` is in force.
   */
  change(by: UserId, blocked: UserId, on: boolean): Promise<void>;
}

/** For a server on which nobody can have blocked anybody. */
export const noBlocks: Blocks = { has: () => false, change: () => Promise.resolve() };

/** Whether one of two people has blocked the other, so that nothing ephemeral passes between them. */
export function areApart(blocks: Pick<Blocks, 'has'>, one: UserId, other: UserId): boolean {
  return blocks.has(one, other) || blocks.has(other, one);
}

/** Whether this person writes, in a direct chat, to somebody who has blocked them. [BL2] */
export function isWithheld(blocks: Pick<Blocks, 'has'>, stream: StreamId, sender: UserId): boolean {
  return isDirect(stream) && directMembers(stream).some((member) => member !== sender && blocks.has(member, sender));
}
