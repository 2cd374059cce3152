import type { KeyboardEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { SearchField } from '#app/ui/SearchField.tsx';
import { limits } from '#protocol/limits.ts';

interface PeopleSearchProps {
  typed: string;
  onType: (typed: string) => void;
  takesFocus?: boolean;
  onKey?: (event: KeyboardEvent) => void;
}

/** Finds people by their name or email. */
export function PeopleSearch({ typed, onType, ...rest }: PeopleSearchProps) {
  const words = useWords();
  return (
    <SearchField
      label={words('new.search')}
      placeholder={words('new.search')}
      clearLabel={words('list.clear')}
      value={typed}
      maxLength={limits.query}
      onChange={onType}
      {...rest}
    />
  );
}
