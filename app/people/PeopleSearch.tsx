import type { KeyboardEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { SearchField } from '#app/ui/SearchField.tsx';
import type { Person } from '#protocol/http.ts';
import { limits } from '#protocol/limits.ts';
import type { Found } from './use-people.ts';

interface PeopleSearchProps {
  typed: string;
  onType: (typed: string) => void;
  takesFocus?: boolean;
  /** The people who are shown below the field. */
  found: Found;
  /** Whether they were found with the text that is typed now. */
  isCurrent: boolean;
  onPick: (person: Person) => void;
}

/** Finds people by their name or email. Enter picks the first of them. */
export function PeopleSearch({ typed, onType, takesFocus = false, found, isCurrent, onPick }: PeopleSearchProps) {
  const words = useWords();
  function pickFirst(event: KeyboardEvent) {
    const [first] = found.kind === 'loading' ? [] : found.people;
    if (event.key !== 'Enter' || !isCurrent || typed.trim() === '' || first === undefined) return;
    event.preventDefault();
    onPick(first);
  }
  return (
    <SearchField
      label={words('new.search')}
      placeholder={words('new.search')}
      clearLabel={words('list.clear')}
      value={typed}
      maxLength={limits.query}
      onChange={onType}
      onKey={pickFirst}
      takesFocus={takesFocus}
    />
  );
}
