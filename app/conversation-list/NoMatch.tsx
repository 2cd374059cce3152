import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import type { Entry, Filter } from './entry.ts';

const nothingIn = {
  // Here every chat is a request.
  all: 'list.empty',
  requests: 'list.empty',
  unread: 'list.noUnread',
  groups: 'list.noGroups',
  archived: 'list.noArchived',
} as const;

interface NoMatchProps {
  /** All chats, none of which matches. */
  entries: readonly Entry[];
  filter: Filter;
  isSearching: boolean;
  onFilter: (filter: Filter) => void;
}

/** Shown instead of the list if there are chats, but none that match. */
export default function NoMatch({ entries, filter, isSearching, onFilter }: NoMatchProps) {
  const words = useWords();
  if (isSearching) return <EmptyState title={words('list.noMatch')} body={words('list.noMatchBody')} />;
  if (filter === 'all' && entries.some(({ isArchived }) => isArchived))
    return (
      <EmptyState title={words('list.allArchived')}>
        <Button look="quiet" onClick={() => onFilter('archived')}>
          {words('list.showArchived')}
        </Button>
      </EmptyState>
    );
  return <EmptyState title={words(nothingIn[filter])} />;
}
