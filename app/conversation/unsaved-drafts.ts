import type { ViewStore } from '#app/local-store/local-store.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';

/*
 * What was typed in the last moment before a page was closed. A page that is closed does not wait for the database, so the text
 * is kept in localStorage, which is written at once, until the database holds it.
 */

interface UnsavedDraft {
  stream: ConversationId;
  typed: string;
  /** The draft that the device held when the text was typed. */
  base: string;
}

/** Two tabs may be closed at the same time. */
const tab = Math.random().toString(36).slice(2);

/** The keys that this tab has written. */
const kept = new Set<string>();
let isForbidden = false;

/** From now on this page keeps nothing: on a shared computer, and once somebody has signed out. [SEC-54] [CL6] */
export function keepNoUnsavedDrafts(): void {
  isForbidden = true;
}

/** The ids of people and the names of streams contain no spaces. */
const startOf = (userId: UserId) => `unsaved-draft ${userId} `;
const keyOf = (userId: UserId, stream: ConversationId) => `${startOf(userId)}${stream} ${tab}`;

export function keepUnsavedDraft(userId: UserId, draft: UnsavedDraft): void {
  if (isForbidden) return;
  const key = keyOf(userId, draft.stream);
  try {
    localStorage.setItem(key, JSON.stringify(draft));
    kept.add(key);
  } catch {
    // localStorage may be blocked or full. What was typed up to a second ago is in the database.
  }
}

/** The database holds this tab's draft. */
export function forgetUnsavedDraft(userId: UserId, stream: ConversationId): void {
  const key = keyOf(userId, stream);
  if (kept.delete(key)) localStorage.removeItem(key);
}

/** Removes what all tabs have kept for this person. */
export function forgetUnsavedDrafts(userId: UserId): void {
  for (const key of keysOf(userId)) localStorage.removeItem(key);
}

/** Saves what closed pages have left. What another tab or device has changed since is merged. Never rejects. */
export async function restoreUnsavedDrafts(store: Pick<ViewStore, 'saveDraft'>, userId: UserId): Promise<void> {
  for (const key of keysOf(userId)) {
    const draft = parseDraft(localStorage.getItem(key));
    try {
      if (draft !== undefined) await store.saveDraft(draft.stream, draft.typed, draft.base);
      localStorage.removeItem(key);
    } catch {
      // The disk is full. The next page tries again.
    }
  }
}

/** Undefined if another tab has taken it, or if it cannot be read. */
function parseDraft(value: string | null): UnsavedDraft | undefined {
  try {
    return (JSON.parse(value ?? 'null') as UnsavedDraft | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function keysOf(userId: UserId): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(startOf(userId)));
  } catch {
    return [];
  }
}
