import { settingsReceived, type SettingsState } from './settings.ts';
import type { AppStore } from './store.ts';

const CHANNEL = 'teamlink-settings';

/**
 * Every tab has the same settings: each stores its whole state, so a tab that did not know of a choice would write the former one back.
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
