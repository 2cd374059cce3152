import { NotebookPen, X } from 'lucide-react';
import { useRef, useState, type SubmitEvent } from 'react';
import { useLocation } from 'wouter';
import { groupNameProblem } from '#app/i18n/group-name-problem.ts';
import { useWords } from '#app/i18n/words.ts';
import { BackLink } from '#app/links/BackLink.tsx';
import { paths } from '#app/links/paths.ts';
import { chatPath } from '#protocol/chat-path.ts';
import { cleanName } from '#protocol/names.ts';
import { withDistinctNames } from '#app/shown/equal-names.ts';
import { classNames } from '#app/ui/class-names.ts';
import type { Client } from '#app/sync/client.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { Button } from '#app/ui/Button.tsx';
import { Chips } from '#app/ui/Chips.tsx';
import { Pane } from '#app/ui/Pane.tsx';
import { TextField } from '#app/ui/TextField.tsx';
import type { Person } from '#protocol/http.ts';
import { useArrowKeys } from '#app/ui/use-arrow-keys.ts';
import { PeopleList } from './PeopleList.tsx';
import { PeopleSearch } from './PeopleSearch.tsx';
import { usePeople } from './use-people.ts';
import shapes from '#app/ui/Shapes.module.css';
import { hasFinePointer } from '#app/ui/fine-pointer.ts';
import styles from './NewChat.module.css';

export interface NewChatProps {
  client: Client;
  selfName: string;
  onClose: () => void;
}

/** Starts a chat with one person, or a group of several people and a name. Both work offline. */
export default function NewChat({ client, selfName, onClose }: NewChatProps) {
  const words = useWords();
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState('');
  const [kind, setKind] = useState<'direct' | 'group'>('direct');
  const [chosen, setChosen] = useState<Person[]>([]);
  const [title, setTitle] = useState('');
  const [error, setError] = useState<{ title?: string; people?: string }>({});
  const body = useArrowKeys<HTMLDivElement>('input[type=search], li button');
  // On a phone, the keyboard would cover the people who can be chosen without typing.
  const isTouch = !hasFinePointer();
  /** The group is being stored on the device, so a second click does not make a second one. */
  const isCreating = useRef(false);
  const { found, isCurrent, loadMore } = usePeople(client.store, typed);

  async function pick(person: Person) {
    if (kind === 'direct') return navigate(chatPath(await client.outbox.startDirect(person)), { replace: true });
    setError({});
    setChosen((present) =>
      present.some(({ id }) => id === person.id) ? present.filter(({ id }) => id !== person.id) : [...present, person],
    );
  }

  async function create(event: SubmitEvent) {
    event.preventDefault();
    const name = cleanName(title.toWellFormed());
    const problem = groupNameProblem(name, words);
    if (problem !== undefined || chosen.length === 0) {
      setError({
        ...(problem === undefined ? {} : { title: problem }),
        ...(chosen.length > 0 ? {} : { people: words('new.needPeople') }),
      });
      return;
    }
    if (isCreating.current) return;
    isCreating.current = true;
    try {
      navigate(chatPath(await client.outbox.startGroup({ title: name, people: chosen })), { replace: true });
    } finally {
      isCreating.current = false;
    }
  }

  return (
    <Pane
      look="page"
      title={words('new.title')}
      back={<BackLink to={paths.list} />}
      close={{ label: words('app.close'), onPress: onClose }}
    >
      <div className={classNames(shapes.page, styles.scroller)}>
        <div ref={body} className={classNames(shapes.column, styles.body)}>
          <Chips
            label={words('new.title')}
            chosen={kind}
            onChoose={setKind}
            options={[
              { value: 'direct', label: words('new.direct') },
              { value: 'group', label: words('new.group') },
            ]}
          />
          {kind === 'group' && (
            <form
              id="new-group"
              className={classNames(shapes.card, styles.group)}
              onSubmit={(event) => void create(event)}
              noValidate
            >
              <TextField
                label={words('new.groupName')}
                value={title}
                error={error.title}
                autoComplete="off"
                onChange={(event) => {
                  setTitle(event.target.value);
                  setError({});
                }}
              />
              <div className={styles.chosen} role="group" aria-label={words('new.chosen', { count: chosen.length })}>
                {chosen.length === 0 && <span className={styles.note}>{words('new.chosen', { count: 0 })}</span>}
                {[...withDistinctNames(new Map(chosen.map((person) => [person.id, person]))).values()].map((person) => (
                  <button
                    key={person.id}
                    type="button"
                    className={styles.chip}
                    aria-label={words('new.remove', { name: person.name })}
                    onClick={() => void pick(person)}
                  >
                    <Avatar id={person.id} name={person.name} shape="round" size={24} />
                    <span dir="auto" translate="no">
                      {person.name}
                    </span>
                    <X size={14} aria-hidden />
                  </button>
                ))}
              </div>
              {error.people !== undefined && (
                <p role="alert" className={styles.error}>
                  {error.people}
                </p>
              )}
              <Button type="submit" wide>
                {words('new.create')}
              </Button>
            </form>
          )}
          <PeopleSearch
            typed={typed}
            onType={setTyped}
            takesFocus={!isTouch}
            found={found}
            isCurrent={isCurrent}
            onPick={(person) => void pick(person)}
          />
          {kind === 'direct' && typed.trim() === '' && (
            <button
              type="button"
              className={classNames(shapes.listed, shapes.choice)}
              onClick={() => void pick({ id: client.userId, name: selfName })}
            >
              <span className={styles.notes} aria-hidden>
                <NotebookPen size={20} />
              </span>
              <span>{words('new.notes')}</span>
            </button>
          )}
          <PeopleList
            store={client.store}
            found={found}
            nobody={
              typed.trim() === ''
                ? { title: words('new.alone'), body: words('new.aloneBody') }
                : { title: words('new.none'), body: words('new.noneBody') }
            }
            isChosen={(person) => kind === 'group' && chosen.some(({ id }) => id === person.id)}
            isSeveral={kind === 'group'}
            onPick={(person) => void pick(person)}
            onMore={() => void loadMore()}
          />
        </div>
      </div>
    </Pane>
  );
}
