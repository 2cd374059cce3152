import { Check, X } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { notificationSoundChosen, notificationsChosen, notificationTextChosen } from '#app/state/settings.ts';
import { useAppDispatch, useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { Checkbox } from '#app/ui/Checkbox.tsx';
import { Chips } from '#app/ui/Chips.tsx';
import type { Shown } from '#protocol/push.ts';
import { SettingsOnAllDevices } from './SettingsOnAllDevices.tsx';
import {
  pushState,
  renewPush,
  testSteps,
  tryPush,
  turnOffPush,
  turnOnPush,
  type DeviceChoices,
  type PushProblem,
  type PushState,
  type TestStep,
} from './subscription.ts';
import shapes from '#app/ui/Shapes.module.css';
import { usePushWords } from './push-words.ts';
import { thisBrowser, unblockingIn } from './unblocking.ts';
import styles from './Push.module.css';

interface Test {
  step: TestStep;
  state: 'running' | 'failed' | 'passed';
}

/** Notifications of this device: on or off, what they show, and whether they work. */
export function NotificationCard({ client: { deviceId } }: { client: Client }) {
  const words = usePushWords();
  const dispatch = useAppDispatch();
  const heading = useId();
  const show = useAppSelector((state) => state.settings.notificationText ?? 'text');
  const sound = useAppSelector((state) => state.settings.notificationSound !== 'off');
  const [state, setState] = useState<PushState>();
  const [problem, setProblem] = useState<PushProblem>();
  const [isBusy, setBusy] = useState(false);
  const [test, setTest] = useState<Test>();
  useEffect(() => void pushState().then(setState), []);

  async function change(work: () => Promise<PushProblem | undefined>) {
    setBusy(true);
    setTest(undefined);
    setProblem(await work());
    const next = await pushState();
    setState(next);
    dispatch(notificationsChosen(next === 'on' ? 'on' : 'off'));
    setBusy(false);
  }
  const turnOff = async () => {
    await turnOffPush(deviceId);
    return undefined;
  };
  function choose(chosen: DeviceChoices) {
    dispatch(notificationTextChosen(chosen.show));
    dispatch(notificationSoundChosen(chosen.sound));
    void change(() => renewPush(deviceId, chosen));
  }
  async function runTest() {
    let last: TestStep = 'permission';
    setBusy(true);
    const failed = await tryPush(deviceId, (step) => {
      last = step;
      setTest({ step, state: 'running' });
    });
    setTest({ step: failed ?? last, state: failed === undefined ? 'passed' : 'failed' });
    setBusy(false);
  }
  if (state === undefined) return null;

  const canChange = state === 'on' || state === 'off';
  return (
    <section className={shapes.card} aria-labelledby={heading}>
      <h3 id={heading} className={styles.heading}>
        {words('title')}
      </h3>
      <p className={styles.state}>{words(`state.${state}`)}</p>
      {state === 'denied' && <p className={styles.state}>{words(`unblock.${unblockingIn(thisBrowser())}`)}</p>}
      {problem !== undefined && <p role="alert">{words(`problem.${problem}`)}</p>}
      {canChange && (
        <Button
          look={state === 'on' ? 'quiet' : 'solid'}
          disabled={isBusy}
          onClick={() => void change(state === 'on' ? turnOff : () => turnOnPush(deviceId, { show, sound }))}
        >
          {words(state === 'on' ? 'turnOff' : 'turnOn')}
        </Button>
      )}
      {state === 'on' && (
        <>
          <p className={styles.state}>{words('show')}</p>
          <Chips<Shown>
            label={words('show')}
            chosen={show}
            onChoose={(chosen) => choose({ show: chosen, sound })}
            options={(['text', 'sender', 'nothing'] as const).map((value) => ({
              value,
              label: words(`show.${value}`),
            }))}
          />
          <Checkbox label={words('sound')} checked={sound} onChange={(isOn) => choose({ show, sound: isOn })} />
          <SettingsOnAllDevices />
          <Button look="quiet" disabled={isBusy} onClick={() => void runTest()}>
            {words('test')}
          </Button>
        </>
      )}
      <div role="status">{test !== undefined && <TestSteps test={test} />}</div>
    </section>
  );
}

/** The steps of the test up to the one that it has reached. */
function TestSteps({ test }: { test: Test }) {
  const words = usePushWords();
  const reached = testSteps.indexOf(test.step);
  return (
    <>
      <ul className={styles.steps}>
        {testSteps.slice(0, reached + 1).map((step, at) => {
          const isFailed = at === reached && test.state === 'failed';
          const Icon = isFailed ? X : Check;
          const isRunning = at === reached && test.state === 'running';
          return (
            <li key={step} className={styles.step}>
              {!isRunning && <Icon size={18} className={isFailed ? styles.failed : styles.passed} aria-hidden />}
              <span>{words(isFailed ? `failed.${step}` : `step.${step}`)}</span>
            </li>
          );
        })}
      </ul>
      {test.state === 'passed' && <p className={styles.works}>{words('works')}</p>}
    </>
  );
}
