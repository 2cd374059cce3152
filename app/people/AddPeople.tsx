import { useLiveQuery } from 'dexie-react-hooks';
import { useEffect, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { addMembers } from '#app/ops/members.ts';
import { readConversation } from '#app/shown/read.ts';
import type { Client } from '#app/sync/client.ts';
import shapes from '#app/ui/Shapes.module.css';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { useArrowKeys } from '#app/ui/use-arrow-keys.ts';
import type { Person } from '#protocol/http.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { PeopleList } from './PeopleList.tsx';
import { PeopleSearch } from './PeopleSearch.tsx';
import { usePeople } from './use-people.ts';
import styles from './NewChat.module.css';

/** How many people of the directory are skipped without a press while all of them are in the group. */
const MOST_PASSED = 200;

interface AddPeopleProps {
  client: Client;
  stream: ConversationId;
  /** The group's name. */
  name: string;
  onClose: () => void;
}

/** The dialog that adds people to a group; its members are not offered. [OP12] */
export default function AddPeople({ client, stream, name, onClose }: AddPeopleProps) {
  const words = useWords();
  const { store, outbox } = client;
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<Person[]>([]);
  const { found, isCurrent, loadMore } = usePeople(store, typed);
  const body = useArrowKeys<HTMLDivElement>('input[type=search], li button');
  const members = useLiveQuery(
    () => store.snapshot(async (reading) => (await readConversation(reading, stream, store.userId)).members),
    [store, stream],
  );

  const pick = (person: Person) =>
    setChosen((before) =>
      before.some(({ id }) => id === person.id) ? before.filter(({ id }) => id !== person.id) : [...before, person],
    );
  const present = new Set<string>(members?.map(({ userId }) => userId));
  const offered =
    found.kind === 'loading' ? found : { ...found, people: found.people.filter(({ id }) => !present.has(id)) };
  const isPassing =
    found.kind === 'answer' &&
    found.next !== undefined &&
    offered.kind !== 'loading' &&
    offered.people.length === 0 &&
    found.people.length < MOST_PASSED;
  const passed = isPassing ? found.people.length : 0;
  useEffect(() => {
    if (passed > 0) void loadMore();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each page that has nobody to add
  }, [passed]);

  return (
    <Dialog title={words('add.title', { name })} onClose={onClose}>
      <div ref={body} className={styles.add}>
        <PeopleSearch typed={typed} onType={setTyped} found={offered} isCurrent={isCurrent} onPick={pick} />
        <div className={shapes.choices}>
          <PeopleList
            store={store}
            found={offered}
            nobody={
              typed.trim() === ''
                ? { title: words('add.everybody'), body: words('add.everybodyBody') }
                : { title: words('new.none'), body: words('new.noneBody') }
            }
            isChosen={(person) => chosen.some(({ id }) => id === person.id)}
            isSeveral
            onPick={pick}
            onMore={() => void loadMore()}
          />
        </div>
      </div>
      <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
        <Button
          disabled={chosen.length === 0}
          onClick={() => {
            onClose();
            void outbox.queue(
              addMembers(
                stream,
                chosen.map(({ id }) => id),
              ),
              chosen,
            );
          }}
        >
          {words('add.button', { count: chosen.length })}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
