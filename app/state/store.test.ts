import { expect, test } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { deviceStorage } from './device-storage.ts';
import { connectionChanged } from './connection.ts';
import { placeSeen } from './navigation.ts';
import { expired, signedIn, signedOut } from './session.ts';
import { notificationsChosen, themeChosen } from './settings.ts';
import { createAppStore, rehydrated } from './store.ts';

function deviceOver(kept: Map<string, string>, delayMs = 0) {
  return deviceStorage({
    get: async (key: string) => {
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      return kept.get(key);
    },
    set: async (key: string, value: string) => void kept.set(key, value),
    remove: async (key: string) => void kept.delete(key),
  });
}

const ana = { id: 'ana' as UserId, name: 'Ana', email: 'ana@example.org' };

test('profile, settings and last place are restored; the connection is not', async () => {
  const kept = new Map<string, string>();
  const first = createAppStore(deviceOver(kept));
  await rehydrated(first.persistor);
  first.store.dispatch(signedIn(ana));
  first.store.dispatch(themeChosen('dark'));
  first.store.dispatch(placeSeen('/new'));
  first.store.dispatch(connectionChanged({ connection: { phase: 'online' }, caughtUpAt: 5 }, 0));
  await first.persistor.flush();

  const second = createAppStore(deviceOver(kept, 20));
  expect(second.store.getState().session.profile).toBeNull();
  await rehydrated(second.persistor);
  const state = second.store.getState();
  expect(state.session).toEqual({ profile: ana, mustSignIn: false });
  expect(state.settings.theme).toBe('dark');
  expect(state.navigation.lastPlace).toBe('/new');
  expect(state.connection).toEqual({
    connection: { phase: 'connecting' },
    caughtUpAt: null,
    shownPhase: 'online',
    lostAt: null,
  });
});

test('[CL6] signing out keeps the theme and nothing of the person', async () => {
  const kept = new Map<string, string>();
  const { store, persistor } = createAppStore(deviceOver(kept));
  await rehydrated(persistor);
  store.dispatch(signedIn(ana));
  store.dispatch(themeChosen('light'));
  store.dispatch(placeSeen('/chat/d/ana/bob'));
  store.dispatch(notificationsChosen('on'));
  store.dispatch(signedOut());
  // The permission was this person's, so the next one is asked.
  expect(store.getState().settings.notifications).toBeUndefined();
  await persistor.flush();
  const all = [...kept.values()].join();
  expect(all).toContain('light');
  expect(all).not.toMatch(/ana|bob/i);
});

test('a session that the server ended keeps the profile', async () => {
  const { store } = createAppStore(deviceOver(new Map()));
  store.dispatch(expired());
  expect(store.getState().session.mustSignIn).toBe(false);
  store.dispatch(signedIn(ana));
  store.dispatch(expired());
  expect(store.getState().session).toEqual({ profile: ana, mustSignIn: true });
});
