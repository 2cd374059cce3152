import { useWords } from '#app/i18n/words.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import type { Filter } from './entry.ts';

const nothingIn = {
  // All chats are archived, or are requests.
  all: 'list.empty',
  requests: 'list.empty',
  unread: 'list.noUnread',
  groups: 'list.noGroups',
  archived: 'list.noArchived',
} as const;

/** Shown instead of the list if there are chats, but none that match. */
export default function NoMatch({ filter, isSearching }: { filter: Filter; isSearching: boolean }) {
  const words = useWords();
  if (!isSearching) return <EmptyState title={words(nothingIn[filter])} />;
  return <EmptyState title={words('list.noMatch')} body={words('list.noMatchBody')} />;
}
