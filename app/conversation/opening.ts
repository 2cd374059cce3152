import type { ConversationRow } from '#app/local-store/local-store.ts';
import type { OpId } from '#protocol/ids.ts';

/** Where a reader was: a message, and its distance in pixels from the top of the screen. */
export interface Place {
  id: OpId;
  /** Of the message, or of the nearest accepted one above it. */
  seq: number;
  top: number;
}

/** How a conversation opens. It is decided once, when its first messages are read. */
export interface Opening {
  /** The seq from which on messages are shown at first. */
  floor: number;
  /** The seq at the line of new messages; undefined if there are none. */
  newFrom: number | undefined;
  /** Where the reader was when they last left; undefined at the end, and before the first visit. */
  place: Place | undefined;
}

/** The number of messages that are shown at first if there is nothing to go to. */
const PAGE = 60;
/** This many messages before the place to go to are shown with it, as its context. */
const CONTEXT = 20;

/** Undefined until the device knows what its person has read and holds the newest messages. [C8] [C9] */
export function openingOf(row: ConversationRow | undefined, place: Place | undefined): Opening | undefined {
  if (row?.membership === undefined || row.lastSeq === 0) return undefined;
  const { unread, lastSeq, membership } = row;
  const newFrom = unread === 0 ? undefined : membership.readSeq + 1;
  const goTo = place?.seq ?? newFrom ?? lastSeq;
  return { floor: Math.max(1, Math.min(goTo - CONTEXT, lastSeq - PAGE + 1)), newFrom, place };
}

/** True while messages between the line of new messages and those on the device are missing. */
export function missesUnread(
  { newFrom }: Pick<Opening, 'newFrom'>,
  row: Pick<ConversationRow, 'isWhole' | 'historyStart'>,
): boolean {
  return newFrom !== undefined && !row.isWhole && row.historyStart > newFrom;
}
