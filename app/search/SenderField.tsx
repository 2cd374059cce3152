import { useId, useMemo, useState, type KeyboardEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { takeKey } from '#app/ui/keys.ts';
import { optionId, PeopleListbox } from '#app/ui/PeopleListbox.tsx';
import { rovingTarget } from '#app/ui/roving.ts';
import { matchesName, wordsOf } from '#protocol/fold.ts';
import type { UserId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './FilterFields.module.css';

/** How many people are offered. A group may have a thousand; other people are found by typing. */
const MOST_OFFERED = 50;

interface Sender {
  id: UserId;
  name: string;
}

interface SenderFieldProps {
  /** The possible senders, by name. */
  people: readonly Sender[];
  chosen: UserId | undefined;
  onChoose: (id: UserId | undefined) => void;
}

/**
 * The field for the sender, with completion (ARIA's combobox pattern): arrows move, Enter chooses, Escape closes the list, and an
 * empty field means anybody.
 */
export function SenderField({ people, chosen, onChoose }: SenderFieldProps) {
  const words = useWords();
  const id = useId();
  /** The typed text while the field does not show a chosen sender. */
  const [typed, setTyped] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [activeAt, setActiveAt] = useState(0);
  const name = people.find((person) => person.id === chosen)?.name;
  const { offered, count } = useMemo(() => offeredFor(typed, people), [typed, people]);
  const at = Math.min(activeAt, offered.length - 1);
  const isShown = isOpen && offered.length > 0;

  const type = (text: string) => {
    setTyped(text);
    setActiveAt(0);
    setOpen(true);
    if (chosen !== undefined) onChoose(undefined);
  };
  const take = (person: Sender) => {
    setTyped('');
    setActiveAt(0);
    setOpen(false);
    onChoose(person.id);
  };
  function keyDown(event: KeyboardEvent) {
    const isArrow = event.key === 'ArrowDown' || event.key === 'ArrowUp';
    const active = offered[at];
    if (isArrow) setActiveAt(isShown ? (rovingTarget(event, at, offered.length) ?? at) : 0);
    else if (event.key === 'Enter' && isShown && active !== undefined) take(active);
    else if (event.key !== 'Escape' || !isShown) return;
    // Escape closes the list and not the dialog.
    event.preventDefault();
    setOpen(isArrow);
  }

  return (
    <>
      <label className={styles.field} htmlFor={id}>
        <span>{words('search.from')}</span>
        <input
          id={id}
          type="text"
          role="combobox"
          className={shapes.input}
          translate="no"
          aria-autocomplete="list"
          aria-expanded={isShown}
          aria-controls={`${id}-list`}
          aria-activedescendant={isShown ? optionId(`${id}-list`, at) : undefined}
          placeholder={words('search.anybody')}
          autoComplete="off"
          maxLength={limits.query}
          value={name ?? typed}
          onChange={({ target }) => type(name === undefined ? target.value : withoutName(target.value, name))}
          onClick={() => setOpen(true)}
          onBlur={() => {
            setOpen(false);
            setTyped('');
          }}
          onKeyDown={(event) => takeKey(event, keyDown)}
        />
      </label>
      {isShown && (
        <div className={styles.offered}>
          <PeopleListbox id={`${id}-list`} label={words('search.from')} people={offered} at={at} onTake={take} />
          {count > offered.length && <p className={styles.more}>{words('search.moreFrom')}</p>}
        </div>
      )}
      <span role="status" className="unseen">
        {isOpen && words('search.foundFrom', { count })}
      </span>
    </>
  );
}

/** A chosen name is deleted as a whole, and typing into it starts anew. */
function withoutName(text: string, name: string): string {
  return text.startsWith(name) ? text.slice(name.length).trimStart() : '';
}

function offeredFor(typed: string, people: readonly Sender[]): { offered: Sender[]; count: number } {
  const wanted = wordsOf(typed);
  const found = people.filter(({ name }) => matchesName(name, wanted));
  return { offered: found.slice(0, MOST_OFFERED), count: found.length };
}
