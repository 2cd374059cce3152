import { type ConversationId, type StreamId, isConversation } from '#protocol/ids.ts';
import type { MemberRecord } from '#protocol/record.ts';
import type { StreamPage } from '#protocol/verbs.ts';
import type { Reader } from './announcement.ts';
import { laterBootstrapPage } from './later-bootstrap-pages.ts';
import { bootstrap } from './bootstrap.ts';
import { countWithin, mostWithin } from './byte-budget.ts';
import type { Held } from './entry.ts';
import { fittingEntries } from './fitting-entries.ts';
import type { PageRequest, Page } from './page-request.ts';
import { readMember } from './stream-state.ts';
import { visible } from './visibility.ts';
import { wholeConversation } from './whole-conversation.ts';

export function reset(stream: StreamId): StreamPage {
  return { stream, records: [], cursor: 0, more: false, reset: true };
}

export async function ownPage(asked: PageRequest): Promise<Page> {
  const { store, stream, cursor = 0, mustReset } = asked;
  // The head is read before the scan, because a cursor must not pass entries that are written meanwhile.
  const head = (await store.tail(stream))?.rev ?? 0;
  if (cursor === head && !mustReset) return 'at head';
  const isReset = mustReset || cursor > head;
  const page = await changes(asked, isReset ? 0 : cursor, head, 1);
  return page === 'full' || !isReset ? page : { ...page, reset: true };
}

/** Membership is read again after the scan, so that somebody who was removed meanwhile gets nothing. [RA4] */
export async function conversationPage(asked: PageRequest<ConversationId>): Promise<Page> {
  const { store, unfinished, caller, stream, cursor, mustReset } = asked;
  const whole = cursor === undefined && !mustReset ? await wholeConversation(asked) : undefined;
  if (whole !== undefined) return whole;
  const read = () => readMember(store, stream, caller.userId);
  let member = await read();
  // Somebody may be removed and added again during a scan. If that keeps happening, the client asks again.
  for (let attempt = 0; attempt < 3; attempt++) {
    if (member === undefined || member.record.leftAt !== undefined) return 'gone';
    const found = await conversationPageOf(asked, member);
    const after = await read();
    if (after !== undefined && after.record.leftAt === undefined && after.hidden.joinedRev === member.hidden.joinedRev)
      return found;
    member = after;
  }
  return 'full';

  async function conversationPageOf(from: PageRequest<ConversationId>, as: Held<MemberRecord>): Promise<Page> {
    const { joinedRev = 0, fromSeq = 1 } = as.hidden;
    const head = (await store.tail(stream))?.rev ?? 0;
    const range = cursor === undefined || mustReset ? undefined : unfinished.at(caller, stream, cursor);
    if (cursor !== undefined && range?.joinedRev === joinedRev) return laterBootstrapPage(from, as, head, range);
    const isStale = cursor !== undefined && (cursor > head || cursor < joinedRev);
    if (cursor === undefined || isStale || mustReset) return bootstrap(from, as, head, isStale || mustReset);
    return cursor === head ? 'at head' : changes(from, cursor, head, fromSeq);
  }
}

/** `full` only if the answer holds records already; otherwise at least one record is sent, however large. */
async function changes(
  { store, caller, stream, left, bytesLeft, isFirst }: PageRequest,
  after: number,
  head: number,
  fromSeq: number,
): Promise<StreamPage | 'full'> {
  const entries = await fittingEntries(store, stream, after, left, bytesLeft);
  const fitting = Math.min(mostWithin(left, bytesLeft), countWithin(entries, bytesLeft));
  if (fitting === 0 && entries.length > 0 && !isFirst) return 'full';
  const scanned = entries.slice(0, Math.max(1, fitting));
  const more = entries.length > scanned.length;
  const lastRev = scanned.at(-1)?.rev ?? 0;
  const reader: Reader = { userId: caller.userId, fromSeq: isConversation(stream) ? fromSeq : 1 };
  // The last rev scanned, hidden ones included; at the end not below the head that was read before. [VB4]
  const cursor = more ? lastRev : Math.max(lastRev, head);
  return { stream, records: visible(scanned, reader), cursor, more };
}
