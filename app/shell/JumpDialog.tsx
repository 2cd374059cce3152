import { Search } from 'lucide-react';
import { useId, useMemo, useState, type KeyboardEvent } from 'react';
import { useLocation } from 'wouter';
import { entriesOf, filterEntries } from '#app/conversation-list/entry.ts';
import type { ListRows } from '#app/conversation-list/use-list-rows.ts';
import { useWords } from '#app/i18n/words.ts';
import { chatPath } from '#app/links/paths.ts';
import { usePeople } from '#app/people/use-people.ts';
import { colourId } from '#app/shown/name.ts';
import type { Client } from '#app/sync/client.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { Dialog } from '#app/ui/Dialog.tsx';
import { takeKey } from '#app/ui/keys.ts';
import { rovingTarget } from '#app/ui/roving.ts';
import { useNow } from '#app/ui/use-now.ts';
import { limits } from '#protocol/limits.ts';
import styles from './JumpDialog.module.css';

const CHATS_SHOWN = 8;
const PEOPLE_SHOWN = 5;

interface Option {
  id: string;
  colour: string;
  name: string;
  shape: 'round' | 'square';
  open: () => void;
}

interface JumpDialogProps {
  client: Client;
  list: ListRows;
  onClose: () => void;
}

/** Goes to a chat or a person by typing: arrows move, Enter opens. The field keeps the focus (ARIA's combobox pattern). */
export default function JumpDialog({ client, list, onClose }: JumpDialogProps) {
  const words = useWords();
  const [, navigate] = useLocation();
  const now = useNow();
  const id = useId();
  const { store, outbox } = client;
  const [typed, setTyped] = useState('');
  const [activeAt, setActiveAt] = useState(0);
  const { found, isCurrent } = usePeople(store, typed);
  const entries = useMemo(
    () => entriesOf(list.rows, { ...list, self: store.userId, words, now }),
    [list, store, words, now],
  );

  const go = (path: string) => {
    onClose();
    navigate(path);
  };
  const chats = filterEntries(entries, 'all', typed)
    .slice(0, CHATS_SHOWN)
    .map(({ stream, name, isGroup }): Option => ({
      id: stream,
      colour: colourId(stream, store.userId),
      name,
      shape: isGroup ? 'square' : 'round',
      open: () => go(chatPath(stream)),
    }));
  const known = new Set(entries.map(({ peer }) => peer));
  const people = (typed.trim() === '' || !isCurrent || found.kind === 'loading' ? [] : found.people)
    .filter((person) => person.id !== store.userId && !known.has(person.id))
    .slice(0, PEOPLE_SHOWN)
    .map((person): Option => ({
      id: person.id,
      colour: person.id,
      name: person.name,
      shape: 'round',
      open: () => void outbox.startDirect(person).then((stream) => go(chatPath(stream))),
    }));
  const options = [...chats, ...people];
  const active = options[Math.min(activeAt, options.length - 1)];

  function keyDown(event: KeyboardEvent) {
    if (event.key === 'Enter') {
      event.preventDefault();
      active?.open();
    }
    // Home and End move in the text.
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    setActiveAt(rovingTarget(event, Math.min(activeAt, options.length - 1), options.length) ?? 0);
  }

  const group = (label: string, shown: Option[]) =>
    shown.length > 0 && (
      <div role="group" aria-label={label}>
        <p className={styles.heading} aria-hidden>
          {label}
        </p>
        {shown.map((option) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field handles the keys (ARIA's combobox pattern)
          <div
            key={option.id}
            id={`${id}-${option.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={option === active}
            className={classNames(styles.option, option === active && styles.active)}
            onClick={option.open}
            onPointerMove={() => setActiveAt(options.indexOf(option))}
          >
            <Avatar id={option.colour} name={option.name} shape={option.shape} size={32} />
            <span className={styles.name} dir="auto" translate="no">
              {option.name}
            </span>
          </div>
        ))}
      </div>
    );

  return (
    <Dialog title={words('jump.title')} onClose={onClose}>
      <div className={styles.field}>
        <Search size={18} aria-hidden />
        <input
          type="text"
          role="combobox"
          aria-label={words('jump.title')}
          aria-expanded={options.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={active === undefined ? undefined : `${id}-${active.id}`}
          aria-autocomplete="list"
          placeholder={words('jump.placeholder')}
          autoComplete="off"
          maxLength={limits.query}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setActiveAt(0);
          }}
          onKeyDown={(event) => takeKey(event, keyDown)}
        />
      </div>
      <div id={`${id}-list`} role="listbox" aria-label={words('jump.title')} className={styles.list}>
        {group(words('list.label'), chats)}
        {group(words('new.people'), people)}
      </div>
      {options.length === 0 && (
        <p role="status" className={styles.none}>
          {words('jump.none')}
        </p>
      )}
    </Dialog>
  );
}
