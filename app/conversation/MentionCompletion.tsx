import { useEffect, useId, useLayoutEffect, useMemo, useState, type KeyboardEvent, type RefObject } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { NamedPerson } from '#app/shown/mentions.ts';
import { optionId, PeopleListbox } from '#app/ui/PeopleListbox.tsx';
import { rovingTarget } from '#app/ui/roving.ts';
import { mentionBefore, offeredFor } from './mention-completion.ts';
import styles from './Mentions.module.css';

export type TakesKey = (event: KeyboardEvent) => boolean;

interface MentionCompletionProps {
  field: RefObject<HTMLTextAreaElement | null>;
  /** Receives the function that gets each key first, and returns true if the key was for the list of people. */
  onKeys: (takesKey: TakesKey | undefined) => void;
  text: string;
  caret: number;
  /** The people who can be mentioned, with their names as they are written. */
  people: readonly NamedPerson[];
  /** Replaces the text between `from` and `to`, and puts the caret after it. */
  replace: (from: number, to: number, by: string) => void;
}

/**
 * Completes the mention at the caret. The field keeps the focus: arrows move through the people, Enter and Tab choose one, and
 * Escape closes the list.
 */
export default function MentionCompletion({ field, onKeys, text, caret, people, replace }: MentionCompletionProps) {
  const words = useWords();
  const id = useId();
  const [chosen, setChosen] = useState({ typed: '', at: 0 });
  /** The at sign whose completion was dismissed. */
  const [refused, setRefused] = useState<number>();
  const mention = mentionBefore(text, caret);
  const { from, typed } = mention ?? { from: undefined, typed: '' };
  const offered = useMemo(
    () => (from === undefined || from === refused ? [] : offeredFor({ from, typed }, people)),
    [from, typed, refused, people],
  );
  if (refused !== undefined && mention === undefined) setRefused(undefined);
  // After further typing the first person is selected again.
  const at = chosen.typed === typed ? Math.min(chosen.at, offered.length - 1) : 0;
  const isOpen = offered.length > 0;

  const take = (person: NamedPerson) => {
    if (from !== undefined) replace(from, from + 1 + typed.length, `@${person.name} `);
  };
  const takesKey: TakesKey = (event) => {
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
  useLayoutEffect(() => {
    onKeys(takesKey);
    return () => onKeys(undefined);
  });
  // The attributes for screen readers are on the field, which is not drawn here.
  useEffect(() => {
    const element = field.current;
    if (element === null || !isOpen) return undefined;
    const attributes = {
      'aria-autocomplete': 'list',
      'aria-haspopup': 'listbox',
      'aria-controls': id,
      'aria-activedescendant': optionId(id, at),
    };
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return () => {
      for (const name of Object.keys(attributes)) element.removeAttribute(name);
    };
  }, [field, isOpen, id, at]);
  if (!isOpen) return null;
  return (
    <>
      <div className={styles.offered}>
        <PeopleListbox id={id} label={words('mention.title')} people={offered} at={at} onTake={take} />
      </div>
      <span role="status" className="unseen">
        {words('mention.found', { count: offered.length })}
      </span>
    </>
  );
}
