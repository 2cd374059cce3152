import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { newLock } from '#app/state/lock.ts';
import { lockChanged } from '#app/state/settings.ts';
import { useAppDispatch, useAppSelector } from '#app/state/store.ts';
import { Button } from '#app/ui/Button.tsx';
import { Chips } from '#app/ui/Chips.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Settings.module.css';

const PinDialog = lazyExtra(() => import('./PinDialog.tsx'));

const CHOICES = ['off', '1', '5', '15', '60'] as const;
type Choice = (typeof CHOICES)[number];

/** Whether this device asks for a PIN after some time without input. [SEC-55] */
export function IdleLock() {
  const words = useWords();
  const dispatch = useAppDispatch();
  const lock = useAppSelector(({ settings }) => settings.lock);
  /** Waits for a PIN. */
  const [minutes, setMinutes] = useState<number>();

  function choose(choice: Choice) {
    if (choice === 'off') dispatch(lockChanged(null));
    else if (lock === undefined) setMinutes(Number(choice));
    else dispatch(lockChanged({ ...lock, minutes: Number(choice) }));
  }

  // Pages without https lack the browser's functions for it.
  if (!isSecureContext) return null;
  return (
    <div className={shapes.card}>
      <h3 className={styles.heading}>{words('lock.setting')}</h3>
      <p className={styles.label}>{words('lock.settingNote')}</p>
      <Chips<Choice>
        label={words('lock.setting')}
        chosen={CHOICES.find((each) => each === String(lock?.minutes)) ?? 'off'}
        onChoose={choose}
        options={CHOICES.map((value) => ({
          value,
          label: value === 'off' ? words('lock.off') : words('lock.minutes', { count: Number(value) }),
        }))}
      />
      {lock !== undefined && (
        <>
          <Button look="quiet" onClick={() => dispatch(lockChanged({ ...lock, isLocked: true }))}>
            {words('lock.now')}
          </Button>
          <Button look="link" onClick={() => setMinutes(lock.minutes)}>
            {words('lock.change')}
          </Button>
        </>
      )}
      {minutes !== undefined && (
        <PinDialog
          onChosen={(pin) => {
            setMinutes(undefined);
            dispatch(lockChanged(newLock(pin, minutes, Date.now())));
          }}
          onClose={() => setMinutes(undefined)}
        />
      )}
    </div>
  );
}
