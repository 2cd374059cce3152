import { expect, test } from 'vitest';
import { languageChosen, themeChosen } from './settings.ts';
import { settingsHeard, shareSettings } from './settings-in-tabs.ts';
import { createAppStore } from './store.ts';

const storage = { getItem: async () => null, setItem: async () => {}, removeItem: async () => {} };

test('a choice made in one tab is every tab’s, so that none writes the former one back', async () => {
  const [one, other] = [createAppStore(storage).store, createAppStore(storage).store];
  const stops = [shareSettings(one), shareSettings(other)];
  one.dispatch(themeChosen('dark'));
  await expect.poll(() => other.getState().settings).toEqual({ theme: 'dark' });
  other.dispatch(languageChosen('de'));
  await expect.poll(() => one.getState().settings).toEqual({ theme: 'dark', language: 'de' });
  for (const stop of stops) stop();
});

test('what other tabs chose before is in the store once a tab has waited for it', async () => {
  const [one, other] = [createAppStore(storage).store, createAppStore(storage).store];
  const stops = [shareSettings(one), shareSettings(other)];
  one.dispatch(themeChosen('dark'));
  expect(other.getState().settings.theme).toBe('system');
  await settingsHeard();
  expect(other.getState().settings.theme).toBe('dark');
  for (const stop of stops) stop();
});
