import { useWords } from '#app/i18n/words.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import type { Filter } from './entry.ts';

const nothingIn = {
  // Everything is in the archive, or waits among the requests.
  all: 'list.empty',
  requests: 'list.empty',
  unread: 'list.noUnread',
  groups: 'list.noGroups',
  archived: 'list.noArchived',
} as const;

/** In place of the list, where there are chats, but none of these. */
export default function NoMatch({ filter, isSearching }: { filter: Filter; isSearching: boolean }) {
  const words = useWords();
  if (!isSearching) return <EmptyState title={words(nothingIn[filter])} />;
  return <EmptyState title={words('list.noMatch')} body={words('list.noMatchBody')} />;
}
