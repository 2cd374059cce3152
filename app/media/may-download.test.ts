import { expect, test } from 'vitest';
import { FIRST_CHOICES } from '#app/local-store/file-choices.ts';
import { isCheapToFetch, linkCost, mayDownload } from './may-download.ts';

test('[CL18] files are fetched in advance depending on kind and link, large ones never, and none while data is saved', () => {
  const may = (kind: 'image' | 'voice' | 'video', link: 'free' | 'metered' | 'saving', size = 1_000) =>
    mayDownload({ kind, size }, link, FIRST_CHOICES);
  expect([may('image', 'metered'), may('voice', 'metered'), may('video', 'metered')]).toEqual([true, true, false]);
  expect([may('video', 'free'), may('video', 'free', 60_000_000)]).toEqual([true, false]);
  expect([may('image', 'saving'), may('voice', 'saving')]).toEqual([false, false]);
  const never = { ...FIRST_CHOICES, automatic: { ...FIRST_CHOICES.automatic, image: 'never' as const } };
  expect(mayDownload({ kind: 'image', size: 1 }, 'free', never)).toBe(false);
});

test('the link costs what the browser says', () => {
  expect([{}, { type: 'wifi' }, { type: 'cellular' }, { type: 'wifi', saveData: true }].map(linkCost)).toEqual([
    'free',
    'free',
    'metered',
    'saving',
  ]);
});

test('what somebody may open is fetched in advance over a link that is fast and costs nothing', () => {
  const links = [{}, { effectiveType: '4g' }, { effectiveType: '3g' }, { type: 'cellular' }, { saveData: true }];
  expect(links.map((link) => isCheapToFetch(link))).toEqual([true, true, false, false, false]);
});
