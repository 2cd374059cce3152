import { mergedDraft, sharedForm, unsentPart } from '#app/ops/drafts.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { Draft } from './local-store.ts';
import type { DraftRow, Rows } from './rows.ts';

/*
 * A person's draft on this device: one row for all tabs. It is shared with the person's other devices through their membership, whose
 * changes are merged into the row when they arrive (shared-draft.ts). Everything here runs inside its caller's transaction. [RC4]
 */

/** Until something is typed here, the draft is the one that the other devices share. */
export async function draftOf(rows: Rows, stream: ConversationId): Promise<DraftRow> {
  const [row, conversation] = await Promise.all([rows.drafts.get(stream), rows.conversations.get(stream)]);
  const shared = conversation?.membership?.draft ?? '';
  return { text: shared, version: conversation?.membership?.rev ?? 0, shared, unconfirmed: [], ...row, stream };
}

/** Stores what was typed in a field that started from `base`. Another tab may have changed the draft since. */
export async function saveDraft(rows: Rows, stream: ConversationId, typed: string, base: string): Promise<Draft> {
  const held = await draftOf(rows, stream);
  const text = held.text === base ? typed : mergedDraft(base, held.text, typed);
  return putDraft(rows, held, { text });
}

/** A message was queued, to be sent now or later, so its text is removed from the draft. */
export async function endDraft(
  rows: Rows,
  { stream, text = '' }: OpOf<'message.send' | 'message.schedule'>,
): Promise<void> {
  const held = await draftOf(rows, stream);
  const left = unsentPart(held.text, text);
  if (left !== held.text) await putDraft(rows, held, { text: left });
}

/** The draft was queued for the other devices. */
export async function noteShared(rows: Rows, { stream, draft }: OpOf<'membership.update'>): Promise<void> {
  const held = await rows.drafts.get(stream);
  if (draft === undefined || held === undefined) return;
  const { shared, unconfirmed } = await draftOf(rows, stream);
  await rows.drafts.put({
    ...held,
    shared: draft ?? '',
    unconfirmed: [...unconfirmed, shared].slice(-UNCONFIRMED_MAX),
  });
}

const UNCONFIRMED_MAX = 8;

/** Drafts that the other devices don't have yet, in the form in which they are sent. */
export async function unsharedDrafts(rows: Rows): Promise<Map<ConversationId, string>> {
  const unshared = new Map<ConversationId, string>();
  for (const row of await rows.drafts.toArray()) {
    const { stream, text } = row;
    // Rows of an earlier version of the app don't say what was shared.
    const shared = (row as Partial<DraftRow>).shared ?? (await draftOf(rows, stream)).shared;
    if (sharedForm(text) === shared) continue;
    // A chat without a first message is known only here, and drafts of a chat that the person has left are not shared.
    const membership = (await rows.conversations.get(stream))?.membership;
    if (membership !== undefined && membership.leftAt === undefined) unshared.set(stream, sharedForm(text));
  }
  return unshared;
}

export async function putDraft(rows: Rows, held: DraftRow, change: Partial<DraftRow>): Promise<Draft> {
  const next = { ...held, ...change, version: held.version + 1 };
  await rows.drafts.put(next);
  return { text: next.text, version: next.version };
}
