import { useId, useRef, useState } from 'react';
import { useWords, type Words } from '#app/i18n/words.ts';
import { FilterFields } from '#app/search/FilterFields.tsx';
import type { SearchFilters } from '#app/search/filters.ts';
import type { SearchState } from '#app/search/use-found-messages.ts';
import type { ListRows } from '#app/shown/list-rows.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog } from '#app/ui/Dialog.tsx';
import type { ConversationId } from '#protocol/ids.ts';
import type { JumpOption } from './jump-options.tsx';
import { JumpField } from './JumpField.tsx';
import { JumpGroup } from './JumpGroup.tsx';
import { useActiveOption } from './use-active-option.ts';
import { useJumpOptions } from './use-jump-options.tsx';
import { useSenders } from './use-senders.ts';
import styles from './JumpDialog.module.css';

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
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(initial);
  const [filters, setFilters] = useState<SearchFilters>({});
  const [isFiltering, setFiltering] = useState(false);
  const senders = useSenders(client.store, stream, words);
  const found = useJumpOptions({ client, list, stream, typed, filters, onClose });
  const options = [...found.chats, ...found.people, ...found.messages];
  const { active, activeElement, keyDown, pointAt, chooseFirst } = useActiveOption(options);

  const { askAgain } = found;
  const isEverywhere = stream === undefined;
  const title = words(isEverywhere ? 'jump.title' : 'search.here');
  const idOf = (option: JumpOption) => `${id}-${option.id}`;
  const group = (label: string, shown: readonly JumpOption[]) => (
    <JumpGroup
      label={label}
      options={shown}
      active={active}
      activeElement={activeElement}
      idOf={idOf}
      onPoint={pointAt}
    />
  );

  return (
    <Dialog title={title} onClose={onClose}>
      <JumpField
        ref={field}
        label={title}
        placeholder={words(isEverywhere ? 'jump.placeholder' : 'search.placeholder')}
        typed={typed}
        listId={`${id}-list`}
        activeId={active === undefined ? undefined : idOf(active)}
        filterCount={Object.keys(filters).length}
        filtersId={`${id}-filters`}
        isFiltering={isFiltering}
        onType={(next) => {
          setTyped(next);
          chooseFirst();
        }}
        onKey={keyDown}
        onToggleFilters={() => setFiltering(!isFiltering)}
      />
      <div id={`${id}-filters`} hidden={!isFiltering}>
        {isFiltering && (
          <FilterFields
            filters={filters}
            people={senders}
            onChange={(next) => {
              setFilters(next);
              chooseFirst();
            }}
          />
        )}
      </div>
      <div id={`${id}-list`} role="listbox" aria-label={title} className={styles.list}>
        {group(words('list.label'), found.chats)}
        {group(words('new.people'), found.people)}
        {group(words('search.messages'), found.messages)}
      </div>
      <p role="status" className={styles.none}>
        {statusWords(found.state, options.length > 0, isEverywhere, words)}
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
