import type { EditUnderWay, ViewStore } from '#app/local-store/local-store.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';

/*
 * What was typed in the last moment before a page was closed. A page that is closed does not wait for the database, so the text
 * is kept in localStorage, which is written at once, until the database holds it.
 */

/** What is kept of each kind. */
interface Kinds {
  draft: {
    stream: ConversationId;
    typed: string;
    /** The draft that the device held when the text was typed. */
    base: string;
  };
  edit: EditUnderWay;
}
type Kind = keyof Kinds;

/** Saves what a closed page has left. */
type Savers = { [K in Kind]: (left: Kinds[K]) => Promise<unknown> };

/** Two tabs may be closed at the same time. */
const tab = Math.random().toString(36).slice(2);

/** The keys that this tab has written. */
const kept = new Set<string>();
let isForbidden = false;

/** From now on this page keeps nothing: on a shared computer, and once somebody has signed out. [SEC-54] [CL6] */
export function keepNoUnsavedTexts(): void {
  isForbidden = true;
}

/** The ids of people and messages and the names of streams contain no spaces. */
const startOf = (kind: Kind, userId: UserId) => `unsaved-${kind} ${userId} `;
const keyOf = (kind: Kind, userId: UserId, of: string) => `${startOf(kind, userId)}${of} ${tab}`;

/** `of`: the chat of a draft, or the message of an edit. */
export function keepUnsaved<K extends Kind>(kind: K, userId: UserId, of: string, text: Kinds[K]): void {
  if (isForbidden) return;
  const key = keyOf(kind, userId, of);
  try {
    localStorage.setItem(key, JSON.stringify(text));
    kept.add(key);
  } catch {
    // localStorage may be blocked or full. What was typed up to a second ago is in the database.
  }
}

/** The database holds what this tab has kept, or it was saved or discarded. */
export function forgetUnsaved(kind: Kind, userId: UserId, of: string): void {
  const key = keyOf(kind, userId, of);
  if (kept.delete(key)) localStorage.removeItem(key);
}

const KINDS: readonly Kind[] = ['draft', 'edit'];

/** Removes what all tabs have kept for this person. */
export function forgetUnsavedTexts(userId: UserId): void {
  for (const kind of KINDS) for (const key of keysOf(kind, userId)) localStorage.removeItem(key);
}

/** Saves what closed pages have left. What another tab or device has changed since in a draft is merged. Never rejects. */
export async function restoreUnsavedTexts(
  store: Pick<ViewStore, 'saveDraft' | 'keepEdit' | 'dropEdit'>,
  userId: UserId,
): Promise<void> {
  const savers: Savers = {
    draft: ({ stream, typed, base }) => store.saveDraft(stream, typed, base),
    edit: (edit) => (edit.text === edit.from ? store.dropEdit(edit.id) : store.keepEdit(edit)),
  };
  for (const kind of KINDS) await restore(kind, userId, savers);
}

async function restore<K extends Kind>(kind: K, userId: UserId, savers: Pick<Savers, K>): Promise<void> {
  for (const key of keysOf(kind, userId)) {
    const text = parsed(localStorage.getItem(key)) as Kinds[K] | undefined;
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

function keysOf(kind: Kind, userId: UserId): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(startOf(kind, userId)));
  } catch {
    return [];
  }
}
