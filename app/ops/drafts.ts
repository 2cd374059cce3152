import { limits } from '#protocol/limits.ts';

/*
 * What becomes of a draft that was changed in two places, by two tabs or by two devices. Nothing that a person has typed may
 * disappear unnoticed, and nothing that was sent may come back.
 */

/**
 * The draft that takes both changes of `base` into account. An empty one means that it was sent or cleared there: what was typed
 * here since then is all that is left.
 */
export function mergedDraft(base: string, theirs: string, mine: string): string {
  if (theirs === mine || theirs === base) return mine;
  if (mine === '') return theirs;
  if (theirs === '') return mine === base ? '' : withoutStart(mine, base);
  if (theirs.includes(mine.trim())) return theirs;
  if (mine === base && areAlike(theirs, mine)) return theirs;
  if (mine.includes(theirs.trim())) return mine;
  return `${theirs}\n${mine}`;
}

/** What remains of a draft after a message was sent. The draft may be an earlier version of the message, or its start. */
export function unsentPart(draft: string, sent: string): string {
  if (draft.startsWith(sent)) return draft.slice(sent.length);
  if (draft.endsWith(`\n${sent}`)) return draft.slice(0, -sent.length - 1);
  return areAlike(draft, sent) ? '' : draft;
}

/**
 * The draft as other devices get it: none while it is too long to be sent, because a part of the text would be misleading. A
 * paste can end in half a surrogate pair, which the server would refuse. [OP16]
 */
export function sharedForm(draft: string): string {
  return draft.trim() === '' || draft.length > limits.text ? '' : draft.replace(/\p{Surrogate}/gu, '\ufffd');
}

export function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : text;
}

/** True if one text is an edit of the other: the shorter one is at least half the same, from the start and from the end. */
function areAlike(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  return start + end >= shorter / 2;
}
