import { mergedDraft } from '#app/ops/drafts.ts';
import type { MembershipRecord } from '#protocol/record.ts';
import { draftOf, putDraft } from './drafts.ts';
import type { Rows } from './rows.ts';

/** A newer membership has arrived: another device may have changed the draft. */
export async function takeSharedDraft(rows: Rows, { conversation, draft = '' }: MembershipRecord): Promise<void> {
  // Without a row, the draft is the one in the membership.
  if ((await rows.drafts.get(conversation)) === undefined) return;
  const held = await draftOf(rows, conversation);
  if (draft === held.shared) return void (await putDraft(rows, held, { unconfirmed: [] }));
  const known = held.unconfirmed.indexOf(draft);
  if (known >= 0) return void (await rows.drafts.put({ ...held, unconfirmed: held.unconfirmed.slice(known) }));
  const isSharedLater = (await rows.outboxOf(conversation)).some(
    ({ op, state }) => op.kind === 'membership.update' && op.draft !== undefined && state !== 'failed',
  );
  // Whoever wrote that draft may not have seen what this device has shared since, so it is not an edit of it.
  const text = mergedDraft(held.unconfirmed[0] ?? held.shared, draft, held.text);
  await putDraft(rows, held, { text, unconfirmed: [], ...(isSharedLater ? {} : { shared: draft }) });
}
