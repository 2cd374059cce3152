import type { ConversationRow } from '#app/local-store/local-store.ts';
import { heldRuns, isHeld } from '#app/local-store/runs.ts';
import type { OpId } from '#protocol/ids.ts';

/** Where a reader was: a message, and its distance in pixels from the top of the screen. */
export interface Place {
  id: OpId;
  /** The seq of the message, or of the nearest accepted one above it. */
  seq: number;
  top: number;
}

/** How a conversation opens. It is decided once, when its first messages are read. */
export interface Opening {
  /** The seq from which on messages are shown. */
  wanted: number;
  /** The same as long as the messages to go to have to be fetched. */
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
  const { unread, lastSeq, membership, historyStart } = row;
  const newFrom = unread === 0 ? undefined : membership.readSeq + 1;
  const goTo = place?.seq ?? newFrom ?? lastSeq;
  const wanted = Math.max(1, Math.min(goTo - CONTEXT, lastSeq - PAGE + 1));
  // Messages that have to be fetched first are shown once they are here.
  return { wanted, floor: isHeld(row, goTo) ? wanted : Math.max(wanted, historyStart), newFrom, place };
}

type Window = Pick<ConversationRow, 'isWhole' | 'historyStart' | 'lastSeq' | 'older'>;

/** True while messages between the line of new messages and the newest ones are missing. */
export function missesUnread(
  { newFrom }: Pick<Opening, 'newFrom'>,
  { isWhole, historyStart }: Pick<Window, 'isWhole' | 'historyStart'>,
): boolean {
  return newFrom !== undefined && !isWhole && historyStart > newFrom;
}

/** True while the message at the line of new messages is missing. */
export function missesFirstUnread({ newFrom }: Pick<Opening, 'newFrom'>, row: Window): boolean {
  return newFrom !== undefined && missesUnread({ newFrom }, row) && !isHeld(row, newFrom);
}

/**
 * The seq up to which unread messages can be seen. Messages after a gap must not be marked, because the mark would cover those in
 * the gap too.
 */
export function unreadHeldTo(row: ConversationRow | undefined): number {
  const newFrom = (row?.membership?.readSeq ?? 0) + 1;
  if (row === undefined || !missesUnread({ newFrom }, row)) return Infinity;
  return heldRuns(row).find(([from, to]) => from <= newFrom && newFrom <= to)?.[1] ?? 0;
}
