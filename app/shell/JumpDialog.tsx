import { ListFilter, Search } from 'lucide-react';
import { useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { entriesOf, filterEntries, type Entry } from '#app/conversation-list/entry.ts';
import { personWords } from '#app/i18n/name-words.ts';
import { useWords, type Words } from '#app/i18n/words.ts';
import { messagePath } from '#app/links/paths.ts';
import { chatPath } from '#protocol/chat-path.ts';
import { usePeople } from '#app/people/use-people.ts';
import { FilterFields } from '#app/search/FilterFields.tsx';
import type { SearchFilters } from '#app/search/filters.ts';
import { FoundMessage } from '#app/search/FoundMessage.tsx';
import { useFoundMessages, type SearchState } from '#app/search/use-found-messages.ts';
import type { ListRows } from '#app/shown/list-rows.ts';
import { colourId } from '#app/shown/name.ts';
import type { Client } from '#app/sync/client.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { Button, IconButton } from '#app/ui/Button.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { Dialog } from '#app/ui/Dialog.tsx';
import { takeKey } from '#app/ui/keys.ts';
import { rovingTarget } from '#app/ui/roving.ts';
import { useNow } from '#app/ui/use-now.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { useSenders } from './use-senders.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './JumpDialog.module.css';

const CHATS_SHOWN = 8;
const PEOPLE_SHOWN = 5;
const FIRST = { id: undefined, at: 0 };

interface Option {
  id: string;
  /** Absent for a command. */
  avatar?: ReactNode;
  content: ReactNode;
  open: () => void;
}

interface JumpDialogProps {
  client: Client;
  list: ListRows;
  /** The conversation whose messages are searched. Absent: goes to chats and people, and searches the messages of all chats. */
  stream?: ConversationId | undefined;
  /** Text that was already typed elsewhere. */
  initial?: string | undefined;
  onClose: () => void;
}

/**
 * Goes to a chat, a person or a message by typing: arrows move, Enter opens. The field keeps the focus (ARIA's combobox
 * pattern).
 */
export default function JumpDialog({ client, list, stream, initial = '', onClose }: JumpDialogProps) {
  const words = useWords();
  const [, navigate] = useLocation();
  const now = useNow();
  const id = useId();
  const { store, outbox } = client;
  const [typed, setTyped] = useState(initial);
  /** The active option and its position. If it disappears, the one that is then at this position becomes active. */
  const [chosen, setChosen] = useState<{ id: string | undefined; at: number }>(FIRST);
  const [filters, setFilters] = useState<SearchFilters>({});
  const [isFiltering, setFiltering] = useState(false);
  const filterCount = Object.keys(filters).length;
  const { found, isCurrent } = usePeople(store, typed);
  const entries = useMemo(
    () => entriesOf(list.rows, { ...list, self: store.userId, words, now }),
    [list, store, words, now],
  );

  const go = (path: string) => {
    onClose();
    navigate(path);
  };
  const avatarOf = ({ stream: chat, name, isGroup }: Entry) => (
    <Avatar id={colourId(chat, store.userId)} name={name} shape={isGroup ? 'square' : 'round'} size={32} />
  );
  const isEverywhere = stream === undefined;
  const isOfAll = isEverywhere && filterCount === 0;
  const chats = (isOfAll ? filterEntries(entries, 'all', typed) : []).slice(0, CHATS_SHOWN).map((entry): Option => ({
    id: entry.stream,
    avatar: avatarOf(entry),
    content: nameLine(entry.name),
    open: () => go(chatPath(entry.stream)),
  }));
  const known = new Set(entries.map(({ peer }) => peer));
  const people = (!isOfAll || typed.trim() === '' || !isCurrent || found.kind === 'loading' ? [] : found.people)
    .filter((person) => person.id !== store.userId && !known.has(person.id))
    .slice(0, PEOPLE_SHOWN)
    .map((person): Option => ({
      id: person.id,
      avatar: <Avatar id={person.id} name={person.name} shape="round" size={32} />,
      content: nameLine(person.name),
      open: () => void outbox.startDirect(person).then((stream) => go(chatPath(stream))),
    }));
  const senders = useSenders(store, stream, words);
  const search = useFoundMessages(store, typed, filters, stream);
  const byStream = useMemo(() => new Map(entries.map((entry) => [entry.stream, entry])), [entries]);
  const messages = search.messages.flatMap((message): Option[] => {
    const entry = byStream.get(message.stream as ConversationId);
    if (entry === undefined) return [];
    const title = isEverywhere ? entry.name : personWords(message.senderId, { self: store.userId, ...list }, words);
    return [
      {
        id: message.id,
        ...(isEverywhere ? { avatar: avatarOf(entry) } : {}),
        content: (
          <FoundMessage
            message={message}
            title={title}
            words={search.words}
            isElsewhere={search.elsewhere?.has(message.id) === true}
            now={now}
          />
        ),
        open: () => go(messagePath(entry.stream, message.id)),
      },
    ];
  });
  const { loadMore, askAgain } = search;
  const field = useRef<HTMLInputElement>(null);
  const more: Option[] =
    loadMore === undefined
      ? []
      : [
          {
            // Another id once there are more messages, so that the first of those becomes active.
            id: `more ${search.messages.length}`,
            content: nameLine(words(search.state === 'interrupted' ? 'search.again' : 'search.more')),
            open: loadMore,
          },
        ];
  const options = [...chats, ...people, ...messages, ...more];
  const at = options.findIndex(({ id: each }) => each === chosen.id);
  const activeAt = at < 0 ? Math.min(chosen.at, options.length - 1) : at;
  const active = options[activeAt];
  // An option stays active when others arrive above it, so that Enter opens what was shown as active.
  if (active !== undefined && (chosen.id !== active.id || chosen.at !== activeAt))
    setChosen({ id: active.id, at: activeAt });
  const activeElement = useRef<HTMLDivElement>(null);
  const isPointed = useRef(false);
  const shownPlace = useRef('');
  useLayoutEffect(() => {
    const place = `${activeAt} ${active?.id}`;
    if (isPointed.current || shownPlace.current === place) return;
    shownPlace.current = place;
    activeElement.current?.scrollIntoView({ block: 'nearest' });
  });

  function keyDown(event: KeyboardEvent) {
    if (event.key === 'Enter') {
      event.preventDefault();
      active?.open();
    }
    // Home and End move in the text.
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    isPointed.current = false;
    const to = rovingTarget(event, activeAt, options.length) ?? 0;
    setChosen({ id: options[to]?.id, at: to });
  }

  const title = words(isEverywhere ? 'jump.title' : 'search.here');
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
            ref={option === active ? activeElement : undefined}
            onPointerMove={() => {
              isPointed.current = true;
              setChosen({ id: option.id, at: options.indexOf(option) });
            }}
          >
            {option.avatar}
            {option.content}
          </div>
        ))}
      </div>
    );

  return (
    <Dialog title={title} onClose={onClose}>
      <div className={classNames(shapes.search, styles.field)}>
        <Search size={18} aria-hidden />
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-label={title}
          aria-expanded={options.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={active === undefined ? undefined : `${id}-${active.id}`}
          aria-autocomplete="list"
          placeholder={words(isEverywhere ? 'jump.placeholder' : 'search.placeholder')}
          autoComplete="off"
          maxLength={limits.query}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setChosen(FIRST);
          }}
          onKeyDown={(event) => takeKey(event, keyDown)}
        />
        <IconButton
          label={filterCount === 0 ? words('search.filters') : words('search.filtersOn', { count: filterCount })}
          aria-expanded={isFiltering}
          aria-controls={`${id}-filters`}
          className={classNames(filterCount > 0 && styles.filtered)}
          onClick={() => setFiltering(!isFiltering)}
        >
          <ListFilter size={18} aria-hidden />
        </IconButton>
      </div>
      <div id={`${id}-filters`} hidden={!isFiltering}>
        {isFiltering && (
          <FilterFields
            filters={filters}
            people={senders}
            onChange={(next) => {
              setFilters(next);
              setChosen(FIRST);
            }}
          />
        )}
      </div>
      <div id={`${id}-list`} role="listbox" aria-label={title} className={styles.list}>
        {group(words('list.label'), chats)}
        {group(words('new.people'), people)}
        {group(words('search.messages'), [...messages, ...more])}
      </div>
      <p role="status" className={styles.none}>
        {statusWords(search.state, options.length > 0, isEverywhere, words)}
      </p>
      {askAgain !== undefined && (
        <Button
          look="link"
          className={styles.again}
          onClick={() => {
            // The button goes away while the server is asked.
            field.current?.focus();
            askAgain();
          }}
        >
          {words('app.retry')}
        </Button>
      )}
    </Dialog>
  );
}

function nameLine(name: string) {
  return (
    <span className={styles.name} dir="auto" translate="no">
      {name}
    </span>
  );
}

/** The state of the search; it does not say that nothing was found before the server has answered. */
function statusWords(state: SearchState, hasOptions: boolean, isEverywhere: boolean, words: Words): string {
  switch (state) {
    case 'idle':
      return hasOptions ? '' : words(isEverywhere ? 'jump.none' : 'search.type');
    case 'asking':
      return words('search.asking');
    case 'partial':
      return words('search.partial');
    case 'interrupted':
      return words('search.interrupted');
    case 'here':
      return words(hasOptions ? 'search.hereOnly' : 'search.hereNone');
    case 'complete':
      return hasOptions ? '' : words('search.none');
  }
}
