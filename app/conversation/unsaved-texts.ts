import type { PollForm } from '#app/local-store/files.ts';
import type { EditUnderWay } from '#app/local-store/local-store.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';

/*
 * What was typed in the last moment before a page was closed. A page that is closed does not wait for the database, so the text
 * is kept in localStorage, which is written at once, until the database holds it.
 */

/** A text that is being stored as a message, by the op with this id. */
export interface BeingStored {
  id: OpId;
  text: string;
}

/** What is kept, by its kind. */
export interface UnsavedTexts {
  draft: {
    stream: ConversationId;
    typed: string;
    /** The draft that the device held when the text was typed. */
    base: string;
    /** The messages that were being stored; the text begins with them. Absent in texts that earlier versions of the app have kept. */
    storing?: readonly BeingStored[];
  };
  edit: EditUnderWay;
  poll: { stream: ConversationId; form: PollForm };
}
export type Kind = keyof UnsavedTexts;

/** Two tabs may be closed at the same time. */
const tab = Math.random().toString(36).slice(2);

/** The keys that this tab has written. */
const kept = new Set<string>();
let isForbidden = false;

/** From now on this page keeps nothing: on a shared computer, and once somebody has signed out. [SEC-54] [CL6] */
export function keepNoUnsavedTexts(): void {
  isForbidden = true;
}

const KINDS: readonly Kind[] = ['draft', 'edit', 'poll'];

/** The ids of people and messages and the names of streams contain no spaces. */
const startOf = (kind: Kind, userId: UserId) => `unsaved-${kind} ${userId} `;
const keyOf = (kind: Kind, userId: UserId, of: string) => `${startOf(kind, userId)}${of} ${tab}`;

/** `of`: the chat of a draft or a poll, or the message of an edit. */
export function keepUnsaved<K extends Kind>(kind: K, userId: UserId, of: string, text: UnsavedTexts[K]): void {
  if (isForbidden) return;
  const key = keyOf(kind, userId, of);
  try {
    localStorage.setItem(key, JSON.stringify(text));
    kept.add(key);
  } catch {
    // localStorage may be blocked or full. What was typed up to a second ago is in the database.
  }
}

/** Removes what this tab has kept, because the database holds it or it is no longer wanted. */
export function forgetUnsaved(kind: Kind, userId: UserId, of: string): void {
  const key = keyOf(kind, userId, of);
  if (kept.delete(key)) localStorage.removeItem(key);
}

/** Removes what all tabs have kept for this person. */
export function forgetUnsavedTexts(userId: UserId): void {
  for (const key of unsavedKeys(userId)) localStorage.removeItem(key);
}

/** The keys of the texts of one kind, or of all kinds, that any tab has kept for this person. */
export function unsavedKeys(userId: UserId, kind?: Kind): string[] {
  const starts = (kind === undefined ? KINDS : [kind]).map((each) => startOf(each, userId));
  try {
    return Object.keys(localStorage).filter((key) => starts.some((start) => key.startsWith(start)));
  } catch {
    return [];
  }
}
