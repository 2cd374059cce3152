import { settingsReceived, type SettingsState } from './settings.ts';
import type { AppStore } from './store.ts';

const CHANNEL = 'teamlink-settings';
const ECHO = 'teamlink-settings-echo';

/**
 * Every tab has the same settings. Each stores its whole state, so a tab that did not know of a choice would overwrite it with
 * the previous one.
 */
export function shareSettings(store: Pick<AppStore, 'getState' | 'dispatch' | 'subscribe'>): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  let known = store.getState().settings;
  let isReceiving = false;
  const unsubscribe = store.subscribe(() => {
    const { settings } = store.getState();
    if (settings === known) return;
    known = settings;
    if (!isReceiving) channel.postMessage(settings);
  });
  channel.addEventListener('message', ({ data }: MessageEvent<SettingsState>) => {
    isReceiving = true;
    store.dispatch(settingsReceived(data));
    isReceiving = false;
  });
  return () => {
    unsubscribe();
    channel.close();
  };
}

/**
 * Resolves once the store has everything that other tabs chose before this call. A tab that was frozen receives it late; browsers
 * deliver messages of channels in order, so that a message to oneself is the last of them.
 */
export function settingsCaughtUp(): Promise<void> {
  const [to, from] = [new BroadcastChannel(ECHO), new BroadcastChannel(ECHO)];
  return new Promise((resolve) => {
    from.addEventListener('message', () => {
      for (const channel of [to, from]) channel.close();
      resolve();
    });
    to.postMessage('');
  });
}
