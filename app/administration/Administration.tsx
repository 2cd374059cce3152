import { useCallback, useState } from 'react';
import { administration } from '#app/http/administration.ts';
import type { Outcome } from '#app/http/request.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { sizeWords } from '#app/i18n/size-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { BackLink } from '#app/links/BackLink.tsx';
import { paths } from '#app/links/paths.ts';
import type { Client } from '#app/sync/client.ts';
import { Pane } from '#app/ui/Pane.tsx';
import type { Administration as Facts } from '#protocol/administration.ts';
import { HealthCard } from './HealthCard.tsx';
import { Invitations } from './Invitations.tsx';
import { People } from './People.tsx';
import { Reports } from './Reports.tsx';
import shapes from '#app/ui/Shapes.module.css';
import { useNowAndConnected } from '#app/connection/use-now-and-connected.ts';
import { useWhenShown } from '#app/ui/use-when-shown.ts';
import styles from './Administration.module.css';

const signUpWords = { open: 'admin.open', invite: 'admin.byInvitation', closed: 'admin.closed' } as const;

/** The administrator's page. Everybody else sees only a sentence. [AC4] */
export default function Administration({ client, onClose }: { client: Client; onClose: () => void }) {
  const words = useWords();
  const [found, setFound] = useState<Outcome<Facts>>();
  const read = useCallback(async () => {
    const outcome = await administration();
    // A reading that fails replaces nothing that was found before.
    setFound((before) => (outcome.ok || before?.ok !== true ? outcome : before));
  }, []);
  useNowAndConnected(read);
  useWhenShown(read);
  const facts = found?.ok === true && found.value.isAdministrator ? found.value : undefined;
  return (
    <Pane
      look="page"
      title={words('admin.title')}
      back={<BackLink to={paths.settings} />}
      close={{ label: words('app.close'), onPress: onClose }}
      isBusy={found === undefined}
    >
      <div className={shapes.page}>
        <div className={shapes.column}>
          {found?.ok === false && <p role="alert">{accountProblemWords(found.failure, words)}</p>}
          {found?.ok === true && !found.value.isAdministrator && <p>{words('admin.onlyOne')}</p>}
          {facts !== undefined && (
            <>
              <div className={shapes.card}>
                <h3 className={styles.heading}>{words('admin.server')}</h3>
                <dl className={styles.facts}>
                  <dt>{words('admin.people')}</dt>
                  <dd>{facts.people}</dd>
                  <dt>{words('admin.signUp')}</dt>
                  <dd>{facts.domains?.join(', ') ?? words(signUpWords[facts.signUp])}</dd>
                  <dt>{words('admin.files')}</dt>
                  <dd>{sizeWords(facts.storedBytes)}</dd>
                  <dt>{words('admin.mail')}</dt>
                  <dd>{words(mailWord(facts.mail, facts.mailIsLogged))}</dd>
                </dl>
                <p className={styles.note}>{words('admin.settingsNote')}</p>
              </div>
              <Reports client={client} openCount={facts.openReports} onChanged={() => void read()} />
              <HealthCard />
              {facts.signUp === 'invite' && <Invitations />}
              <People hasMail={facts.mail} onHandedOver={() => void read()} />
            </>
          )}
        </div>
      </div>
    </Pane>
  );
}

/** If links are not sent to anybody, the page says where they are. */
function mailWord(isOn: boolean, isLogged: boolean) {
  if (isLogged) return 'admin.mailLogged';
  return isOn ? 'admin.mailOn' : 'admin.mailOff';
}
