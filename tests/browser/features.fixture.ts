import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * Features of the address bar, which is invisible here: the browser loads two pages of its own for every profile, which cost a
 * second of CPU time, more than the app. And a process that is kept ready for the next page of a profile, which mostly has none.
 */
const OURS = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'SpareRendererForSitePerProcess'];

/** Chromium uses only the last switch of this name, so this one repeats what Playwright disables and adds ours. */
export function disabledFeatures(): string {
  return `--disable-features=${[...disabledByPlaywright(), ...OURS].join(',')}`;
}

/** Playwright's own list, which it does not export: read from its bundle, so that it is always up to date. */
function disabledByPlaywright(): string[] {
  const bundle = readFileSync(createRequire(import.meta.url).resolve('playwright-core/lib/coreBundle'), 'utf8');
  const list = /\bdisabledFeatures = \[(.*?)\]/s.exec(bundle)?.[1] ?? '';
  const names = list
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('//'))
    .flatMap((line) => /"(\w+)"/.exec(line)?.[1] ?? []);
  if (names.length === 0) throw new Error('the list of disabled features was not found in playwright-core');
  return names;
}
