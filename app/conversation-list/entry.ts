import { eventWords } from '#app/i18n/event-words.ts';
import { messageTextWords, oneLine, previewOf } from '#app/i18n/message-text-words.ts';
import { conversationNameWords, personWords } from '#app/i18n/name-words.ts';
import { locale, type Words } from '#app/i18n/words.ts';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { listEntries, type LastLine, type ListContext, type ListEntry } from '#app/shown/list-entry.ts';
import { peopleNamedBy, type PeopleById } from '#app/shown/name.ts';
import { matchesName, wordsOf } from '#protocol/fold.ts';
import type { MessageRecord } from '#protocol/record.ts';

/** The last line of an entry, in words. */
export type LineWords =
  | { kind: 'draft'; text: string }
  | { kind: 'waiting' | 'sending' | 'sent' | 'failed'; text: string }
  | { kind: 'own'; text: string; message: MessageRecord }
  | { kind: 'other'; who?: string; text: string }
  | { kind: 'quiet'; text: string }
  | { kind: 'loading' };

export interface Entry extends Omit<ListEntry, 'name' | 'line'> {
  name: string;
  /** The name is a placeholder for one that has not arrived yet. */
  isNameLoading: boolean;
  line: LineWords;
}

export interface EntryContext extends ListContext {
  words: Words;
}

/** The list in words. An unchanged entry is the same object as before. */
export function entriesOf(rows: readonly ConversationRow[], context: EntryContext): Entry[] {
  return listEntries(rows, context).map((entry) => {
    const kept = keptEntries.get(entry);
    const names = namesIn(entry.line, context.people);
    if (kept !== undefined && kept.language === locale() && kept.names === names) return kept.entry;
    const inWords = {
      ...entry,
      name: conversationNameWords(entry.name, context.words),
      isNameLoading: entry.name.kind === 'loading',
      line: lineWords(entry.line, entry.isGroup, context),
    };
    keptEntries.set(entry, { entry: inWords, language: locale(), names });
    return inWords;
  });
}

const keptEntries = new WeakMap<ListEntry, { entry: Entry; language: string; names: string }>();

/** The names that the line may show. */
function namesIn(line: LastLine, people: PeopleById): string {
  const named =
    line.kind === 'event'
      ? peopleNamedBy({ senderId: line.event.by, event: line.event })
      : line.kind === 'message'
        ? [line.message.senderId]
        : [];
  return named.map((id) => people.get(id)?.name ?? '').join('\n');
}

function lineWords(line: LastLine, isGroup: boolean, { self, people, words }: EntryContext): LineWords {
  const nameOf = (id: string) => personWords(id, { self, people }, words);
  switch (line.kind) {
    case 'draft':
      return { kind: 'draft', text: previewOf(line.text) };
    case 'outgoing':
      return { kind: line.state === 'queued' ? 'waiting' : line.state, text: oneLine(outgoingWords(line, words)) };
    case 'event':
      return { kind: 'quiet', text: eventWords(line.event, { self, nameOf }, words) };
    case 'deleted':
      return { kind: 'quiet', text: words('list.deleted') };
    case 'loading':
      return { kind: 'loading' };
    case 'created':
      return { kind: 'quiet', text: words('list.created') };
    case 'begun':
      return { kind: 'quiet', text: '' };
    case 'message': {
      const { message, isOwn } = line;
      if (line.isHidden) return { kind: 'quiet', text: words('block.hidden', { name: nameOf(message.senderId) }) };
      const shown = messageTextWords(message, words);
      const text = oneLine(shown);
      if (isOwn) return { kind: 'own', text, message };
      return isGroup ? { kind: 'other', who: nameOf(message.senderId), text } : { kind: 'other', text };
    }
  }
}

/** A forward of a message that is not on this device has no text yet. */
function outgoingWords(line: Extract<LastLine, { kind: 'outgoing' }>, words: Words): string {
  return line.text === '' && line.attachments.length === 0 ? '' : messageTextWords(line, words);
}

export type Filter = 'all' | 'requests' | 'unread' | 'groups' | 'archived';

/** The entries that match the search and the filter. Every typed word must start a word of the name. */
export function filterEntries(entries: readonly Entry[], filter: Filter, typed: string): Entry[] {
  const wanted = wordsOf(typed);
  return entries.filter((entry) => {
    const apart = entry.isRequest ? 'requests' : entry.isArchived ? 'archived' : undefined;
    // A search finds these chats too; otherwise they could only be found under their filters.
    if (apart !== filter && (isApart(filter) || (apart !== undefined && wanted.length === 0))) return false;
    if (filter === 'unread' && entry.unread === 0 && !entry.isMarkedUnread) return false;
    if (filter === 'groups' && !entry.isGroup) return false;
    return matchesName(entry.name, wanted);
  });
}

function isApart(filter: Filter): boolean {
  return filter === 'requests' || filter === 'archived';
}
