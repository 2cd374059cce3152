import type { ConversationRow, OutboxRow } from '#app/local-store/local-store.ts';
import { eventWords } from '#app/i18n/event-words.ts';
import type { Words } from '#app/i18n/words.ts';
import { conversationName } from '#app/shown/name.ts';
import { withPending } from '#app/shown/conversation.ts';
import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';

/** What the last line of an entry tells. */
export type LastLine =
  | { kind: 'draft'; text: string }
  | { kind: 'waiting' | 'sending' | 'sent' | 'failed'; text: string }
  | { kind: 'own'; text: string; message: MessageRecord }
  | { kind: 'other'; who?: string; text: string }
  | { kind: 'quiet'; text: string };

export interface Entry {
  stream: ConversationId;
  name: string;
  isGroup: boolean;
  line: LastLine;
  /** ISO instant of the last thing that happened. */
  at: string;
  unread: number;
  isMuted: boolean;
  isPinned: boolean;
  isArchived: boolean;
  /** The other one of a direct chat, where it isn't oneself. */
  peer?: UserId;
}

export interface EntryContext {
  self: UserId;
  people: ReadonlyMap<UserId, { name: string }>;
  drafts: ReadonlyMap<ConversationId, string>;
  /** In leaving order. */
  outbox: readonly OutboxRow[];
  words: Words;
  now: Date;
}

/** Everybody whose name the list shows. */
export function peopleShown(rows: readonly ConversationRow[], self: UserId): UserId[] {
  const ids = new Set<UserId>();
  for (const { stream, lastMessage } of rows) {
    if (isDirect(stream)) ids.add(directPeer(stream, self));
    if (lastMessage === undefined) continue;
    ids.add(lastMessage.senderId);
    if (lastMessage.event !== undefined) {
      ids.add(lastMessage.event.by);
      for (const id of lastMessage.event.userIds ?? []) ids.add(id);
    }
  }
  return [...ids];
}

/** The list as it is shown: pinned first, then by the last thing that happened. */
export function entriesOf(rows: readonly ConversationRow[], context: EntryContext): Entry[] {
  const pending = new Map<ConversationId, OutboxRow>();
  for (const row of context.outbox) if (row.op.kind === 'message.send') pending.set(row.stream, row);
  return rows
    .map((row) => withPending(row, context.outbox, context.self))
    .filter((row) => row.membership?.leftAt === undefined)
    .map((row) => entryOf(row, pending.get(row.stream), context))
    .toSorted((a, b) => Number(b.isPinned) - Number(a.isPinned) || compare(b.at, a.at) || compare(a.stream, b.stream));
}

function entryOf(row: ConversationRow, pending: OutboxRow | undefined, context: EntryContext): Entry {
  const { words, self, now } = context;
  const named = conversationName(row, self, context.people);
  const mutedUntil = row.membership?.mutedUntil;
  const isNew = pending !== undefined && pending.id !== row.lastMessage?.id;
  return {
    stream: row.stream,
    name: nameWords(named, words),
    isGroup: !isDirect(row.stream),
    line: lastLine(row, isNew ? pending : undefined, context),
    at: isNew && pending.queuedAt > row.activityAt ? pending.queuedAt : row.activityAt,
    unread: row.unread,
    isMuted: mutedUntil !== undefined && Date.parse(mutedUntil) > now.getTime(),
    isPinned: row.membership?.pinnedAt !== undefined,
    isArchived: row.membership?.archivedAt !== undefined,
    ...(isDirect(row.stream) && directPeer(row.stream, self) !== self ? { peer: directPeer(row.stream, self) } : {}),
  };
}

function nameWords(named: ReturnType<typeof conversationName>, words: Words): string {
  switch (named.kind) {
    case 'named':
      return named.name;
    case 'notes':
      return words('list.notes');
    case 'unknown':
      return words(named.isDirect ? 'list.someone' : 'list.unnamed');
  }
}

function lastLine(row: ConversationRow, pending: OutboxRow | undefined, context: EntryContext): LastLine {
  const { words, self } = context;
  // What was typed here, else what another device left.
  const draft = context.drafts.get(row.stream) ?? row.membership?.draft;
  if (draft !== undefined && draft.trim() !== '') return { kind: 'draft', text: oneLine(draft) };
  if (pending?.op.kind === 'message.send') {
    const kind = pending.state === 'queued' ? 'waiting' : pending.state;
    return { kind, text: oneLine(pending.op.text ?? '') };
  }
  const message = row.lastMessage;
  const nameOf = (id: string) =>
    id === self ? words('chat.you') : (context.people.get(id as UserId)?.name ?? words('list.someone'));
  if (message === undefined) return { kind: 'quiet', text: words('list.created') };
  if (message.event !== undefined) return { kind: 'quiet', text: eventWords(message.event, nameOf, words) };
  if (message.deletedAt !== undefined) return { kind: 'quiet', text: words('list.deleted') };
  const text =
    message.text === '' ? words('chat.attachment', { count: message.attachments.length }) : oneLine(message.text);
  if (message.senderId === self) return { kind: 'own', text, message };
  return isDirect(row.stream) ? { kind: 'other', text } : { kind: 'other', who: nameOf(message.senderId), text };
}

/** The beginning on one line: a list draws no more of it, and 8,000 characters a row cost layout time. */
function oneLine(text: string): string {
  return text.slice(0, 200).replace(/\s+/gu, ' ').toWellFormed();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export type Filter = 'all' | 'unread' | 'groups' | 'archived';

/** What search and chips leave: every word typed begins a word of the name, case and accents aside. */
export function filterEntries(entries: readonly Entry[], filter: Filter, typed: string): Entry[] {
  const wanted = fold(typed).split(/\s+/u).filter(Boolean);
  return entries.filter((entry) => {
    // A search finds archived ones too, or they would be gone.
    if (wanted.length === 0 && entry.isArchived !== (filter === 'archived')) return false;
    if (filter === 'archived' && !entry.isArchived) return false;
    if (filter === 'unread' && entry.unread === 0) return false;
    if (filter === 'groups' && !entry.isGroup) return false;
    if (wanted.length === 0) return true;
    const names = fold(entry.name).split(/[^\p{L}\p{N}]+/u);
    return wanted.every((word) => names.some((name) => name.startsWith(word)));
  });
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}
