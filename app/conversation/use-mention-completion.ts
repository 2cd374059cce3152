import { useId, useMemo, useState, type KeyboardEvent } from 'react';
import type { NamedPerson } from '#app/shown/mentions.ts';
import { rovingTarget } from '#app/ui/roving.ts';
import { mentionBefore, offeredFor } from './mention-completion.ts';

interface MentionCompletionOptions {
  text: string;
  /** Where the caret is; undefined while a range is selected or the field has not the focus. */
  caret: number | undefined;
  /** The people who can be mentioned, as they are to be written. */
  people: readonly NamedPerson[];
  /** Puts a text in the place of what stands between `from` and `to`, with the caret after it. */
  replace: (from: number, to: number, by: string) => void;
}

/** Completes the mention at the caret: arrows move among the people offered, Enter and Tab take one, Escape offers nobody. */
export function useMentionCompletion({ text, caret, people, replace }: MentionCompletionOptions) {
  const id = useId();
  const [chosen, setChosen] = useState({ typed: '', at: 0 });
  /** The at sign whose completion was refused. */
  const [refused, setRefused] = useState<number>();
  const mention = people.length === 0 || caret === undefined ? undefined : mentionBefore(text, caret);
  const { from, typed } = mention ?? { from: undefined, typed: '' };
  const offered = useMemo(
    () => (from === undefined || from === refused ? [] : offeredFor({ from, typed }, people)),
    [from, typed, refused, people],
  );
  if (refused !== undefined && mention === undefined) setRefused(undefined);
  // What is typed further begins at the first again.
  const at = chosen.typed === typed ? Math.min(chosen.at, offered.length - 1) : 0;

  const take = (person: NamedPerson) => {
    if (from !== undefined) replace(from, from + 1 + typed.length, `@${person.name} `);
  };
  /** True if the key was for the people offered. */
  const takesKey = (event: KeyboardEvent): boolean => {
    const person = offered[at];
    if (person === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp')
      setChosen({ typed, at: rovingTarget(event, at, offered.length) ?? at });
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) take(person);
    else if (event.key === 'Escape') setRefused(from);
    else return false;
    event.preventDefault();
    return true;
  };
  const optionId = (index: number) => `${id}-${index}`;
  const fieldProps =
    people.length === 0
      ? {}
      : ({
          'aria-autocomplete': 'list',
          'aria-haspopup': 'listbox',
          'aria-controls': offered.length > 0 ? id : undefined,
          'aria-activedescendant': offered.length > 0 ? optionId(at) : undefined,
        } as const);
  return { offered, list: { id, offered, at, optionId, onTake: take }, takesKey, fieldProps };
}

export type MentionListProps = ReturnType<typeof useMentionCompletion>['list'];
