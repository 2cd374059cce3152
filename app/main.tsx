import '#app/ui/tokens.css';
import '#app/ui/base.css';
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { startTransition } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider } from 'react-redux';
import { Router } from 'wouter';
import { activateLanguage, chooseLanguage, withLaterWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import { openDevice } from '#app/local-store/device.ts';
import { App, fetchFirst, fetchPerson } from '#app/shell/App.tsx';
import { CrashBoundary } from '#app/shell/CrashBoundary.tsx';
import { createSessionActions, finishSignOut } from '#app/shell/session-actions.ts';
import type { StorageTroubleKind } from '#app/shell/storage-trouble.ts';
import { deviceStorage } from '#app/state/device-storage.ts';
import { shareSettings } from '#app/state/settings-in-tabs.ts';
import { createAppStore, rehydrated } from '#app/state/store.ts';
import { AnnouncerProvider } from '#app/ui/Announcer.tsx';
import { aroundNav, layerEntries } from '#app/ui/history-layers.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';

/** Starts the app: the device's storage, then the persisted state, then the screen. The network is used only after the first paint. */
async function start(): Promise<void> {
  const element = document.getElementById('root');
  if (element === null) throw new Error('the page has no root');
  const root = createRoot(element);
  let isOpen = false;
  const showTrouble = async (trouble: StorageTroubleKind) => {
    await startIn(undefined);
    const { default: StorageTrouble } = await importWithRetry(
      withLaterWords(() => import('#app/shell/StorageTrouble.tsx')),
    );
    if (isOpen) return;
    root.render(
      <I18nProvider i18n={i18n}>
        <StorageTrouble trouble={trouble} />
      </I18nProvider>,
    );
  };
  const device = await openDevice(() => void showTrouble('waiting'));
  if (!device.ok) return showTrouble(device.failure);
  isOpen = true;
  const { store, persistor } = createAppStore(deviceStorage(device.value));
  await rehydrated(persistor);
  await finishSignOut(device.value, store);
  const { settings, navigation, session } = store.getState();
  const actions = createSessionActions(device.value, store, persistor);
  const isKnown = () => store.getState().session.profile !== null;
  // Until both are loaded, the page shows its HTML. The code is loaded first, because it names the further words that are needed.
  const code = session.profile === null ? fetchFirst(actions.check, isKnown) : fetchPerson();
  await Promise.all([code, startIn(settings.language)]);
  // When started from its icon, the app opens the page that was open last; Back leads to the list.
  if (new URLSearchParams(location.search).get('from') === 'icon') {
    history.replaceState(null, '', paths.list);
    if (navigation.lastPlace !== paths.list) history.pushState(null, '', navigation.lastPlace);
  }
  // Whatever was open above the page was closed by the reload.
  if (layerEntries() > 0) history.go(-layerEntries());
  shareSettings(store);
  // In slices, between which the page answers to its user.
  startTransition(() =>
    root.render(
      <CrashBoundary>
        <Provider store={store}>
          <I18nProvider i18n={i18n}>
            <AnnouncerProvider>
              <Router aroundNav={aroundNav}>
                <App device={device.value} actions={actions} />
              </Router>
            </AnnouncerProvider>
          </I18nProvider>
        </Provider>
      </CrashBoundary>,
    ),
  );
}

/** Activates a language; English replaces it if its catalogue cannot be fetched, until the app has fetched it. */
function startIn(asked: string | undefined): Promise<void> {
  return activateLanguage(chooseLanguage(asked, navigator.languages)).catch(() => activateLanguage('en'));
}

void start();
