import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { entriesOf, filterEntries, type Entry } from '#app/conversation-list/entry.ts';
import { personWords } from '#app/i18n/name-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { messagePath } from '#app/links/paths.ts';
import { usePeople } from '#app/people/use-people.ts';
import { hasFilters, type SearchFilters } from '#app/search/filters.ts';
import { FoundMessage } from '#app/search/FoundMessage.tsx';
import { useFoundMessages } from '#app/search/use-found-messages.ts';
import type { ListRows } from '#app/shown/list-rows.ts';
import type { Client } from '#app/sync/client.ts';
import { useNow } from '#app/ui/use-now.ts';
import { chatPath } from '#protocol/chat-path.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { chatAvatar, chatOption, moreOption, personOption, type JumpOption } from './jump-options.tsx';

const CHATS_SHOWN = 8;
const PEOPLE_SHOWN = 5;

export interface JumpSearch {
  client: Client;
  list: ListRows;
  /** The conversation whose messages are searched. Absent: goes to chats and people, and searches the messages of all chats. */
  stream: ConversationId | undefined;
  typed: string;
  filters: SearchFilters;
  /** Closes the dialog before it leads to another page. */
  onClose: () => void;
}

/** What can be opened for the typed text: chats and people unless one chat is searched or a filter is set, and messages. */
export function useJumpOptions({ client, list, stream, typed, filters, onClose }: JumpSearch) {
  const words = useWords();
  const [, navigate] = useLocation();
  const now = useNow();
  const { store, outbox } = client;
  const self = store.userId;
  const entries = useMemo(() => entriesOf(list.rows, { ...list, self, words, now }), [list, self, words, now]);
  const go = (path: string) => {
    onClose();
    navigate(path);
  };
  const isEverywhere = stream === undefined;
  const findsNames = isEverywhere && !hasFilters(filters);

  const chats = findsNames ? filterEntries(entries, 'all', typed).slice(0, CHATS_SHOWN) : [];
  const strangers = useStrangers(client, entries, typed);
  const people = findsNames ? strangers.slice(0, PEOPLE_SHOWN) : [];
  const search = useFoundMessages(store, typed, filters, stream);
  const byStream = useMemo(() => new Map(entries.map((entry) => [entry.stream, entry])), [entries]);
  const messages = search.messages.flatMap((message): JumpOption[] => {
    const entry = byStream.get(message.stream as ConversationId);
    if (entry === undefined) return [];
    const content = (
      <FoundMessage
        message={message}
        title={isEverywhere ? entry.name : personWords(message.senderId, { self, ...list }, words)}
        words={search.words}
        isElsewhere={search.elsewhere?.has(message.id) === true}
        now={now}
      />
    );
    const avatar = isEverywhere ? { avatar: chatAvatar(entry, self) } : {};
    return [{ id: message.id, ...avatar, content, open: () => go(messagePath(entry.stream, message.id)) }];
  });
  const moreLabel = words(search.state === 'interrupted' ? 'search.again' : 'search.more');

  return {
    chats: chats.map((entry) => chatOption(entry, self, () => go(chatPath(entry.stream)))),
    people: people.map((person) =>
      personOption(person, () => void outbox.startDirect(person).then((begun) => go(chatPath(begun)))),
    ),
    messages:
      search.loadMore === undefined
        ? messages
        : [...messages, moreOption(search.messages.length, moreLabel, search.loadMore)],
    state: search.state,
    askAgain: search.askAgain,
  };
}

/** The people found by the typed text with whom there is no chat yet. */
function useStrangers({ store }: Client, entries: readonly Entry[], typed: string) {
  const { found, isCurrent } = usePeople(store, typed);
  if (typed.trim() === '' || !isCurrent || found.kind === 'loading') return [];
  const known = new Set(entries.map(({ peer }) => peer));
  return found.people.filter(({ id }) => id !== store.userId && !known.has(id));
}
