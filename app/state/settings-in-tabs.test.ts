import { expect, test } from 'vitest';
import { languageChosen, themeChosen } from './settings.ts';
import { settingsCaughtUp, shareSettings } from './settings-in-tabs.ts';
import { createAppStore } from './store.ts';

const storage = { getItem: async () => null, setItem: async () => {}, removeItem: async () => {} };

test('a choice made in one tab applies to every tab, so that none overwrites it with the previous one', async () => {
  const [one, other] = [createAppStore(storage).store, createAppStore(storage).store];
  const stops = [shareSettings(one), shareSettings(other)];
  one.dispatch(themeChosen('dark'));
  await expect.poll(() => other.getState().settings).toEqual({ theme: 'dark' });
  other.dispatch(languageChosen('de'));
  await expect.poll(() => one.getState().settings).toEqual({ theme: 'dark', language: 'de' });
  for (const stop of stops) stop();
});

test('the earlier choices of other tabs are in the store once a tab has waited for them', async () => {
  const [one, other] = [createAppStore(storage).store, createAppStore(storage).store];
  const stops = [shareSettings(one), shareSettings(other)];
  one.dispatch(themeChosen('dark'));
  expect(other.getState().settings.theme).toBe('system');
  await settingsCaughtUp();
  expect(other.getState().settings.theme).toBe('dark');
  for (const stop of stops) stop();
});
