import { Bell } from 'lucide-react';
import { useEffect, useState } from 'react';
import { notificationsChosen } from '#app/state/settings.ts';
import { useAppDispatch } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import { pushState, turnOnPush, type PushProblem } from './subscription.ts';
import { usePushWords } from './push-words.ts';
import styles from './Push.module.css';

/** Offers notifications once there is somebody who can write. The browser asks only after a press, and declining it is remembered. */
export default function NotificationOffer({ client }: { client: Client }) {
  const words = usePushWords();
  const dispatch = useAppDispatch();
  const announce = useAnnounce();
  const [canAsk, setCanAsk] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<PushProblem>();
  useEffect(() => {
    void pushState().then((state) => setCanAsk(state === 'off'));
  }, []);
  if (!canAsk) return null;

  async function turnOn() {
    setAsking(true);
    const found = await turnOnPush(client.deviceId, { show: 'text', sound: true });
    setAsking(false);
    // The offer stays until it is declined. The settings say how to undo a refusal.
    setProblem(found);
    if (found !== undefined) return;
    announce(words('isOn'));
    dispatch(notificationsChosen('on'));
  }
  return (
    <section className={styles.offer} aria-label={words('title')}>
      <Bell size={20} aria-hidden />
      {problem === undefined ? (
        <p className={styles.text}>{words('offer')}</p>
      ) : (
        <p role="alert" className={styles.text}>
          {words(`problem.${problem}`)}
        </p>
      )}
      <div className={styles.buttons}>
        {problem !== 'denied' && (
          <Button look="link" disabled={isAsking} onClick={() => void turnOn()}>
            {words('turnOn')}
          </Button>
        )}
        <Button look="link" className={styles.no} onClick={() => dispatch(notificationsChosen('off'))}>
          {words('notNow')}
        </Button>
      </div>
    </section>
  );
}
