import { filesOf } from '#app/local-store/files.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { keepPoll } from '#app/local-store/unsent-polls.ts';
import { unsentPart, withoutStart } from '#app/ops/drafts.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import { unsavedKeys, type Kind, type UnsavedTexts } from './unsaved-texts.ts';

/** For each kind, what saves a text that a closed page has kept. */
type Savers = { [K in Kind]: (text: UnsavedTexts[K]) => Promise<unknown> };

/** Saves the texts that closed pages have kept. A draft is merged with what another tab or device has changed since. Never rejects. */
export async function restoreUnsavedTexts(
  store: Pick<ViewStore, 'snapshot' | 'saveDraft' | 'keepEdit' | 'dropEdit'>,
  userId: UserId,
): Promise<void> {
  const savers: Savers = {
    draft: (draft) => restoreDraft(store, draft),
    edit: (edit) => (edit.text === edit.from ? store.dropEdit(edit.id) : store.keepEdit(edit)),
    poll: ({ stream, form }) => keepPoll(filesOf(userId), stream, form),
  };
  for (const kind of Object.keys(savers) as Kind[]) await restore(kind, userId, savers);
}

async function restore<K extends Kind>(kind: K, userId: UserId, savers: Pick<Savers, K>): Promise<void> {
  for (const key of unsavedKeys(userId, kind)) {
    const text = parsed(localStorage.getItem(key)) as UnsavedTexts[K] | undefined;
    try {
      if (text !== undefined) await savers[kind](text);
      localStorage.removeItem(key);
    } catch {
      // The disk is full. The next page tries again.
    }
  }
}

/** A part of the text may have been stored as messages before the page was closed; it no longer belongs to the draft. [CL1] */
export async function restoreDraft(
  store: Pick<ViewStore, 'snapshot' | 'saveDraft'>,
  { stream, typed, base, storing = [] }: UnsavedTexts['draft'],
): Promise<void> {
  const stored = await store.snapshot(async (reading) => {
    const [sending, scheduled] = await Promise.all([reading.outbox(stream), reading.scheduled(stream)]);
    const isStored = async (id: OpId) =>
      [...sending, ...scheduled].some((each) => each.id === id) || (await reading.message(stream, id)) !== undefined;
    const found: string[] = [];
    for (const { id, text } of storing) if (await isStored(id)) found.push(text);
    return found;
  });
  let left = { typed, base };
  for (const text of stored) left = { typed: withoutStart(left.typed, text), base: unsentPart(left.base, text) };
  await store.saveDraft(stream, left.typed, left.base);
}

/** Undefined if another tab has saved and removed it, or if it cannot be parsed. */
function parsed(value: string | null): unknown {
  try {
    return JSON.parse(value ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}
