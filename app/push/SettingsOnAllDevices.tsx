import { useEffect, useState } from 'react';
import { changeNotificationSettings, notificationSettings } from '#app/http/push.ts';
import { Checkbox } from '#app/ui/Checkbox.tsx';
import type { NotificationSettings, QuietHours } from '#protocol/push.ts';
import { QuietHoursFields } from './QuietHoursFields.tsx';
import { usePushWords } from './push-words.ts';
import styles from './Push.module.css';

const NIGHT = { from: '22:00', to: '07:00' };

/** The settings for all devices of the person. They are stored on the server, so they can be changed only while it can be reached. */
export function SettingsOnAllDevices() {
  const words = usePushWords();
  const [settings, setSettings] = useState<NotificationSettings>();
  const [isUnreachable, setUnreachable] = useState(false);
  useEffect(() => {
    void notificationSettings().then((answer) => {
      if (answer.ok) setSettings(answer.value);
      else setUnreachable(true);
    });
  }, []);

  async function change(next: NotificationSettings) {
    const before = settings;
    setSettings(next);
    const { ok } = await changeNotificationSettings(next);
    setUnreachable(!ok);
    // Unless something else was chosen meanwhile.
    if (!ok) setSettings((shown) => (shown === next ? before : shown));
  }
  const changeQuiet = (settled: NotificationSettings, quietHours: QuietHours | undefined) => {
    const { quietHours: _, ...rest } = settled;
    return change(quietHours === undefined ? rest : { ...rest, quietHours });
  };
  return (
    <>
      <p className={styles.state}>{words('everywhere')}</p>
      {settings !== undefined && (
        <>
          <Checkbox
            label={words('mentions')}
            checked={settings.mentions}
            onChange={(mentions) => void change({ ...settings, mentions })}
          />
          <Checkbox
            label={words('quiet')}
            note={words('quietNote')}
            checked={settings.quietHours !== undefined}
            onChange={(isOn) => void changeQuiet(settings, isOn ? { ...NIGHT, timeZone: ownTimeZone() } : undefined)}
          />
          {settings.quietHours !== undefined && (
            <QuietHoursFields
              hours={settings.quietHours}
              onChange={(times) => void changeQuiet(settings, { ...times, timeZone: ownTimeZone() })}
            />
          )}
        </>
      )}
      {isUnreachable && <p role="alert">{words('problem.server')}</p>}
    </>
  );
}

/** People who set times mean the clock that they see. */
function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
