import { Laptop, Smartphone, Tablet } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useNowAndConnected } from '#app/connection/use-now-and-connected.ts';
import { shortTime } from '#app/i18n/instants.ts';
import { useWords } from '#app/i18n/words.ts';
import { endOneSession, endOtherSessions, signedInDevices, type SignedInDevice } from '#app/http/sessions.ts';
import type { HttpProblem, Outcome } from '#app/http/request.ts';
import { Button } from '#app/ui/Button.tsx';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import { useNow } from '#app/ui/use-now.ts';
import { deviceForm, deviceWords } from './device-words.ts';
import styles from './Settings.module.css';

/** The device to sign out, or all except this one. */
type Ending = SignedInDevice | 'others';

/** The devices on which the user is signed in, which can be signed out from here. [SEC-23] [LV6] */
export function Devices() {
  const words = useWords();
  const now = useNow();
  const [found, setFound] = useState<Outcome<SignedInDevice[]>>();
  const [ending, setEnding] = useState<Ending>();
  const [hasFailed, setFailed] = useState(false);
  const look = useCallback(async () => setFound(await signedInDevices()), []);
  useNowAndConnected(look);

  async function end(which: Ending) {
    setEnding(undefined);
    const outcome = await (which === 'others' ? endOtherSessions() : endOneSession(which.token));
    setFailed(!outcome.ok);
    await look();
  }

  const devices = found?.ok === true ? found.value : [];
  return (
    <section className={styles.devices} aria-label={words('settings.devices')} aria-busy={found === undefined}>
      <h4 className={styles.label}>{words('settings.devices')}</h4>
      {found?.ok === false && <p>{words(problemKey(found.failure))}</p>}
      <ul>
        {devices.map((device) => {
          const name = deviceWords(device.userAgent, words);
          const Icon = icons[deviceForm(device.userAgent)];
          return (
            <li key={device.token} className={styles.device}>
              <Icon size={20} aria-hidden />
              <span className={styles.who}>
                <span className={styles.deviceName}>{name}</span>
                <span className={styles.email}>
                  {device.isThisOne
                    ? words('settings.thisDevice')
                    : words('settings.lastSeen', { time: shortTime(new Date(device.lastSeen), now) })}
                </span>
              </span>
              {!device.isThisOne && (
                <Button
                  look="link"
                  aria-label={words('settings.endDevice', { name })}
                  onClick={() => setEnding(device)}
                >
                  {words('settings.end')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {hasFailed && <p role="alert">{words('settings.failed')}</p>}
      {devices.length > 1 && (
        <Button look="quiet" onClick={() => setEnding('others')}>
          {words('settings.endOthers')}
        </Button>
      )}
      {ending !== undefined && (
        <ConfirmDialog
          title={
            ending === 'others'
              ? words('settings.endOthersTitle')
              : words('settings.endTitle', { name: deviceWords(ending.userAgent, words) })
          }
          body={words(ending === 'others' ? 'settings.endOthersBody' : 'settings.endBody')}
          cancel={words('app.cancel')}
          confirm={words('settings.end')}
          onConfirm={() => void end(ending)}
          onClose={() => setEnding(undefined)}
        />
      )}
    </section>
  );
}

function problemKey(failure: HttpProblem) {
  return failure.kind === 'offline' ? 'settings.devicesOffline' : 'settings.devicesFailed';
}

const icons = { phone: Smartphone, tablet: Tablet, computer: Laptop };
