import { filesOf } from '#app/local-store/files.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { keepPoll } from '#app/local-store/unsent-polls.ts';
import type { UserId } from '#protocol/ids.ts';
import { unsavedKeys, type Kind, type UnsavedTexts } from './unsaved-texts.ts';

/** Saves what a closed page has left. */
type Savers = { [K in Kind]: (left: UnsavedTexts[K]) => Promise<unknown> };

/** Saves what closed pages have left. What another tab or device has changed since in a draft is merged. Never rejects. */
export async function restoreUnsavedTexts(
  store: Pick<ViewStore, 'saveDraft' | 'keepEdit' | 'dropEdit'>,
  userId: UserId,
): Promise<void> {
  const savers: Savers = {
    draft: ({ stream, typed, base }) => store.saveDraft(stream, typed, base),
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

/** Undefined if another tab has taken it, or if it cannot be read. */
function parsed(value: string | null): unknown {
  try {
    return JSON.parse(value ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}
