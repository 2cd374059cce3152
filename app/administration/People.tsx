import { useEffect, useState } from 'react';
import { administeredPeople, endSessionsOf, handOver, sendReset, suspend } from '#app/http/administration.ts';
import type { Outcome } from '#app/http/request.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { shownName } from '#app/i18n/name-words.ts';
import { useWords, type MessageKey } from '#app/i18n/words.ts';
import { useAppSelector } from '#app/state/store.ts';
import { Button } from '#app/ui/Button.tsx';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import { SearchField } from '#app/ui/SearchField.tsx';
import type { AdministeredPerson } from '#protocol/administration.ts';
import { limits } from '#protocol/limits.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Administration.module.css';

type Deed = 'suspend' | 'admit' | 'endSessions' | 'sendReset' | 'handOver';

const deeds: Record<Deed, (person: AdministeredPerson) => Promise<Outcome<unknown>>> = {
  suspend: ({ id }) => suspend(id, true),
  admit: ({ id }) => suspend(id, false),
  endSessions: ({ id }) => endSessionsOf(id),
  sendReset: ({ id }) => sendReset(id),
  handOver: ({ id }) => handOver(id),
};
const bodies: Record<Deed, MessageKey> = {
  suspend: 'admin.suspendBody',
  admit: 'admin.admitBody',
  endSessions: 'admin.endSessionsBody',
  sendReset: 'admin.sendResetBody',
  handOver: 'admin.handOverBody',
};

/** Everybody with an account, with a search by name or address. [AC4] */
export function People({ hasMail, onHandedOver }: { hasMail: boolean; onHandedOver: () => void }) {
  const words = useWords();
  const self = useAppSelector(({ session }) => session.profile?.id);
  const [said, setSaid] = useState('');
  const [query, setQuery] = useState('');
  const [people, setPeople] = useState<readonly AdministeredPerson[]>();
  const [problem, setProblem] = useState<string>();
  const [asked, setAsked] = useState<{ deed: Deed; person: AdministeredPerson }>();
  useEffect(() => {
    let isCurrent = true;
    void administeredPeople(query.trim()).then((outcome) => {
      if (!isCurrent) return;
      if (outcome.ok) setPeople(outcome.value.people);
      setProblem(outcome.ok ? undefined : accountProblemWords(outcome.failure, words));
    });
    return () => {
      isCurrent = false;
    };
  }, [query, words]);

  async function perform() {
    if (asked === undefined) return;
    setAsked(undefined);
    const outcome = await deeds[asked.deed](asked.person);
    setSaid(outcome.ok ? `${words('admin.done')}: ${words(`admin.${asked.deed}`)}, ${asked.person.name}` : '');
    setProblem(outcome.ok ? undefined : accountProblemWords(outcome.failure, words));
    // They may no longer use this page.
    if (outcome.ok && asked.deed === 'handOver') return onHandedOver();
    const now = await administeredPeople(query.trim());
    if (now.ok) setPeople(now.value.people);
  }

  return (
    <div className={shapes.card}>
      <h3 className={styles.heading}>{words('admin.people')}</h3>
      <SearchField
        label={words('admin.search')}
        placeholder={words('admin.search')}
        value={query}
        onChange={setQuery}
        maxLength={limits.query}
        clearLabel={words('list.clear')}
      />
      {problem !== undefined && <p role="alert">{problem}</p>}
      <p role="status" className={styles.note}>
        {people?.length === 0 ? words('admin.nobody') : said}
      </p>
      <ul className={styles.list} aria-label={words('admin.people')} aria-busy={people === undefined}>
        {people?.map((person) => {
          const name = shownName(person.name, words);
          const offered: Deed[] = [
            ...(person.id === self ? [] : ([person.isSuspended ? 'admit' : 'suspend'] as const)),
            ...(person.sessions > 0 ? (['endSessions'] as const) : []),
            ...(hasMail ? (['sendReset'] as const) : []),
            ...(person.id === self || person.isSuspended ? [] : (['handOver'] as const)),
          ];
          return (
            <li key={person.id} className={styles.person}>
              <p className={styles.name} dir="auto" translate="no">
                {name}
              </p>
              <p className={styles.note}>{person.email}</p>
              <p className={styles.note}>{stateWords(person, words)}</p>
              <div className={styles.deeds}>
                {offered.map((deed) => (
                  <Button
                    key={deed}
                    look="link"
                    aria-label={`${words(`admin.${deed}`)}: ${name}`}
                    onClick={() => setAsked({ deed, person })}
                  >
                    {words(`admin.${deed}`)}
                  </Button>
                ))}
              </div>
            </li>
          );
        })}
      </ul>
      {asked !== undefined && (
        <ConfirmDialog
          title={`${words(`admin.${asked.deed}`)}: ${shownName(asked.person.name, words)}`}
          body={words(bodies[asked.deed])}
          cancel={words('app.cancel')}
          confirm={words(`admin.${asked.deed}`)}
          onConfirm={() => void perform()}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  );
}

function stateWords(person: AdministeredPerson, words: ReturnType<typeof useWords>): string {
  if (person.isSuspended) return words('admin.suspended');
  const devices = words('admin.devices', { count: person.sessions });
  return person.isVerified ? devices : `${devices} · ${words('admin.unverified')}`;
}
