import { Check } from 'lucide-react';
import { useMemo, useState, type KeyboardEvent } from 'react';
import { entriesOf, filterEntries } from '#app/conversation-list/entry.ts';
import type { ListRows } from '#app/shown/list-rows.ts';
import { useWords } from '#app/i18n/words.ts';
import { colourId } from '#app/shown/name.ts';
import type { Client } from '#app/sync/client.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { Button } from '#app/ui/Button.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { SearchField } from '#app/ui/SearchField.tsx';
import { useArrowKeys } from '#app/ui/use-arrow-keys.ts';
import { useNow } from '#app/ui/use-now.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './ChooseChats.module.css';

/** Other chats are found by typing. */
const MOST_SHOWN = 50;

interface ChooseChatsProps {
  client: Client;
  list: ListRows;
  title: string;
  /** The label of the button, for this many chats. */
  confirm: (count: number) => string;
  onChoose: (streams: readonly ConversationId[]) => void;
  onClose: () => void;
}

/** Chooses chats to send something to. */
export function ChooseChats({ client, list, title, confirm, onChoose, onClose }: ChooseChatsProps) {
  const words = useWords();
  const now = useNow();
  const { store } = client;
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<readonly ConversationId[]>([]);
  const entries = useMemo(() => {
    const present = list.rows.filter(
      ({ membership }) => membership?.leftAt === undefined && membership?.isRequest !== true,
    );
    return entriesOf(present, { ...list, self: store.userId, words, now });
  }, [list, store, words, now]);
  const shown = filterEntries(entries, 'all', typed).slice(0, MOST_SHOWN);

  const body = useArrowKeys<HTMLDivElement>('input[type=search], li button');
  const toggle = (stream: ConversationId) =>
    setChosen((before) => (before.includes(stream) ? before.filter((each) => each !== stream) : [...before, stream]));
  function searchKey(event: KeyboardEvent) {
    const [first] = shown;
    if (event.key !== 'Enter' || typed.trim() === '' || first === undefined) return;
    event.preventDefault();
    toggle(first.stream);
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div ref={body} className={styles.body}>
        <SearchField
          label={words('forward.search')}
          placeholder={words('forward.search')}
          value={typed}
          maxLength={limits.query}
          clearLabel={words('list.clear')}
          onChange={setTyped}
          onKey={searchKey}
          takesFocus
        />
        <ul className={shapes.choices} aria-label={words('list.label')}>
          {shown.map(({ stream, name, isGroup }) => {
            const isChosen = chosen.includes(stream);
            return (
              <li key={stream}>
                <button
                  type="button"
                  className={classNames(shapes.listed, shapes.choice, isChosen && styles.chosen)}
                  aria-pressed={isChosen}
                  onClick={() => toggle(stream)}
                >
                  <Avatar
                    id={colourId(stream, store.userId)}
                    name={name}
                    shape={isGroup ? 'square' : 'round'}
                    size={40}
                  />
                  <span className={styles.name} dir="auto" translate="no">
                    {name}
                  </span>
                  {isChosen && <Check size={18} aria-hidden />}
                </button>
              </li>
            );
          })}
        </ul>
      </div>
      {shown.length === 0 && <p role="status">{words('forward.none')}</p>}
      <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
        <Button disabled={chosen.length === 0} onClick={() => onChoose(chosen)}>
          {confirm(chosen.length)}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
