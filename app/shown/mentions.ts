import type { ShownMember } from '#app/ops/rules.ts';
import { isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import { MAX_MENTIONS } from '#protocol/limits.ts';
import { isVisible } from '#protocol/names.ts';
import { tagOf, withDistinctNames } from './equal-names.ts';

/*
 * In the text, a mention is an at sign and the whole name, so it is readable in every client, and survives drafts, copying and
 * other devices. The message's `mentions` names the people. [OP2]
 */

/** A person with the name that their records give. */
export interface NamedPerson {
  id: UserId;
  name: string;
}

export type MentionPiece = { kind: 'text'; text: string } | { kind: 'mention'; text: string; id: UserId };

/** The people who can be mentioned in a conversation, with their names as mentions write them: in a group all other members. */
export function mentionablePeople(
  stream: ConversationId,
  members: readonly ShownMember[],
  self: UserId,
): readonly NamedPerson[] {
  if (isDirect(stream)) return [];
  const named = members.flatMap(({ userId, name }) =>
    userId !== self && name !== undefined && isVisible(name) ? [[userId, { name }] as const] : [],
  );
  return [...withDistinctNames(new Map(named))].map(([id, { name }]) => ({ id, name }));
}

const LETTER_BEFORE = /[\p{L}\p{N}_]$/u;
const LETTER_AFTER = /^[\p{L}\p{N}]/u;

/** Splits a text where it names one of these people. If several names fit, the longest counts. */
export function splitAtMentions(text: string, people: readonly NamedPerson[]): MentionPiece[] {
  const pieces: MentionPiece[] = [];
  let end = 0;
  for (const { from, to, ids } of namesIn(text, people)) {
    const [id] = ids;
    if (id === undefined) continue;
    if (from > end) pieces.push({ kind: 'text', text: text.slice(end, from) });
    pieces.push({ kind: 'mention', text: text.slice(from, to), id });
    end = to;
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) });
  return pieces;
}

/** The people whom a text mentions. If people have the same name and no tag distinguishes them, all of them are meant. */
export function mentionedIn(text: string, people: readonly NamedPerson[]): UserId[] {
  const mentioned = new Set(namesIn(text, people).flatMap(({ ids }) => ids));
  return [...mentioned].slice(0, MAX_MENTIONS);
}

interface Found {
  from: number;
  to: number;
  ids: UserId[];
}

function namesIn(text: string, people: readonly NamedPerson[]): Found[] {
  if (!text.includes('@')) return [];
  const candidates = candidatesOf(people);
  const found: Found[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (LETTER_BEFORE.test(text.slice(Math.max(0, at - 2), at))) continue;
    const fitting = (candidates.get(text[at + 1] ?? '') ?? []).find(
      ([name]) =>
        text.startsWith(name, at + 1) && !LETTER_AFTER.test(text.slice(at + 1 + name.length, at + 3 + name.length)),
    );
    if (fitting === undefined) continue;
    const [name, ids] = fitting;
    found.push({ from: at, to: at + 1 + name.length, ids });
    at += name.length;
  }
  return found;
}

/** The names by their first character, the longest first: each with and without the tag that tells equal names apart. */
function candidatesOf(people: readonly NamedPerson[]): Map<string, [name: string, ids: UserId[]][]> {
  const idsOf = new Map<string, UserId[]>();
  for (const { id, name } of people) {
    if (name.trim() === '') continue;
    for (const written of [name, `${name} (${tagOf(id)})`]) idsOf.set(written, [...(idsOf.get(written) ?? []), id]);
  }
  const byFirst = new Map<string, [string, UserId[]][]>();
  for (const [name, ids] of [...idsOf].toSorted(([a], [b]) => b.length - a.length)) {
    const first = name[0] ?? '';
    const others = byFirst.get(first);
    if (others === undefined) byFirst.set(first, [[name, ids]]);
    else others.push([name, ids]);
  }
  return byFirst;
}
