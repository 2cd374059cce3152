import { Link } from 'wouter';
import { languages, locale, useWords, type Language } from '#app/i18n/words.ts';
import type { HttpProblem } from '#app/http/request.ts';
import { NotificationCard } from '#app/push/NotificationCard.tsx';
import type { Client } from '#app/sync/client.ts';
import { BackLink } from '#app/links/BackLink.tsx';
import { paths } from '#app/links/paths.ts';
import { languageChosen, themeChosen, themes, type Theme } from '#app/state/settings.ts';
import { useAppDispatch, useAppSelector } from '#app/state/store.ts';
import { Chips } from '#app/ui/Chips.tsx';
import { Pane } from '#app/ui/Pane.tsx';
import { AdministrationLink } from './AdministrationLink.tsx';
import { Account } from './Account.tsx';
import { BlockedPeople } from './BlockedPeople.tsx';
import { IdleLock } from './IdleLock.tsx';
import { PrivacyCard } from './PrivacyCard.tsx';
import { Storage } from './Storage.tsx';
import type { ChangePassword } from './PasswordDialog.tsx';
import type { ReplaceSession } from './replace-session.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Settings.module.css';

export interface SettingsProps {
  client: Client;
  onChangePassword: ChangePassword;
  onReplaceSession: ReplaceSession;
  onSignOut: () => void;
  onDelete: (password: string) => Promise<HttpProblem | undefined>;
  onClose: () => void;
}

export default function Settings(props: SettingsProps) {
  const { client, onChangePassword, onReplaceSession, onSignOut, onDelete, onClose } = props;
  const words = useWords();
  const dispatch = useAppDispatch();
  const profile = useAppSelector((state) => state.session.profile);
  const theme = useAppSelector((state) => state.settings.theme);
  const isShared = useAppSelector((state) => state.session.isShared === true);
  return (
    <Pane
      look="page"
      title={words('settings.title')}
      back={<BackLink to={paths.list} />}
      close={{ label: words('app.close'), onPress: onClose }}
    >
      <div className={shapes.page}>
        <div className={shapes.column}>
          {profile !== null && (
            <Account
              profile={profile}
              onChangePassword={onChangePassword}
              onReplaceSession={onReplaceSession}
              onSignOut={onSignOut}
              onDelete={onDelete}
            />
          )}
          <div className={shapes.card}>
            <h3 className={styles.heading}>{words('settings.appearance')}</h3>
            <p className={styles.label}>{words('settings.theme')}</p>
            <Chips<Theme>
              label={words('settings.theme')}
              chosen={theme}
              onChoose={(chosen) => dispatch(themeChosen(chosen))}
              options={themes.map((value) => ({ value, label: words(`settings.${value}`) }))}
            />
            <p className={styles.label}>{words('settings.language')}</p>
            <Chips<Language>
              label={words('settings.language')}
              chosen={locale() as Language}
              onChoose={(chosen) => dispatch(languageChosen(chosen))}
              options={Object.entries(languages).map(([value, label]) => ({ value: value as Language, label }))}
            />
          </div>
          <div className={shapes.card}>
            <h3 className={styles.heading}>{words('outbox.title')}</h3>
            <p className={styles.label}>{words('outbox.about')}</p>
            <Link href={paths.outbox}>{words('outbox.open')}</Link>
          </div>
          <IdleLock />
          <PrivacyCard />
          <BlockedPeople client={client} />
          {!isShared && <NotificationCard client={client} />}
          <Storage client={client} />
          {/* Last, because it appears when the server has answered, and must not move anything that is about to be pressed. */}
          <AdministrationLink />
        </div>
      </div>
    </Pane>
  );
}
