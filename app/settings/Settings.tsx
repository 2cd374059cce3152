import { ArrowLeft } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { languages, locale, useWords, type Language } from '#app/i18n/words.ts';
import { backToList } from '#app/state/back-to-list.ts';
import { languageChosen, themeChosen, themes, type Theme } from '#app/state/settings.ts';
import { useAppDispatch, useAppSelector } from '#app/state/store.ts';
import { Chips } from '#app/ui/Chips.tsx';
import { Account } from './Account.tsx';
import type { ChangePassword } from './PasswordDialog.tsx';
import styles from './Settings.module.css';

interface SettingsProps {
  onChangePassword: ChangePassword;
  onSignOut: () => void;
}

export default function Settings({ onChangePassword, onSignOut }: SettingsProps) {
  const words = useWords();
  const dispatch = useAppDispatch();
  const heading = useRef<HTMLHeadingElement>(null);
  const profile = useAppSelector((state) => state.session.profile);
  const theme = useAppSelector((state) => state.settings.theme);
  const storage = useStorage();
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className={styles.pane} aria-labelledby="settings-title">
      <header className={styles.bar}>
        <Link
          href="/"
          replace
          onClick={backToList}
          className={styles.back}
          aria-label={words('app.back')}
          title={words('app.back')}
        >
          <ArrowLeft size={20} aria-hidden />
        </Link>
        <h2 id="settings-title" ref={heading} tabIndex={-1} className={styles.title}>
          {words('settings.title')}
        </h2>
      </header>
      <div className={styles.scroller}>
        <div className={styles.body}>
          {profile !== null && <Account profile={profile} onChangePassword={onChangePassword} onSignOut={onSignOut} />}
          <div className={styles.card}>
            <h3 className={styles.heading}>{words('settings.look')}</h3>
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
          {storage !== undefined && (
            <div className={styles.card}>
              <h3 className={styles.heading}>{words('settings.device')}</h3>
              <p>{words('settings.storage', { used: bytesWords(storage.used) })}</p>
              <p className={styles.label}>{words(storage.isKept ? 'settings.kept' : 'settings.notKept')}</p>
            </div>
          )}
        </div>
      </div>
    </section>
  );
}

function useStorage(): { used: number; isKept: boolean } | undefined {
  const [storage, setStorage] = useState<{ used: number; isKept: boolean }>();
  useEffect(() => {
    // Absent outside secure contexts and in old browsers: then there is nothing to tell.
    if (navigator.storage?.estimate === undefined) return;
    void Promise.all([navigator.storage.estimate(), navigator.storage.persisted()]).then(([{ usage = 0 }, isKept]) =>
      setStorage({ used: usage, isKept }),
    );
  }, []);
  return storage;
}

function bytesWords(bytes: number): string {
  const megabytes = bytes / 1_000_000;
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: megabytes < 1 ? 'kilobyte' : 'megabyte',
    maximumFractionDigits: megabytes < 10 && megabytes >= 1 ? 1 : 0,
  }).format(megabytes < 1 ? bytes / 1000 : megabytes);
}
