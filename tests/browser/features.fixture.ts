import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * What a browser's window does for its address bar, which nobody sees here: two pages of its own, loaded anew for every
 * profile. They cost a second of processor time each time, more than the app does.
 */
const OURS = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

/** Chromium heeds the last such switch alone, so it repeats what Playwright turns off, and adds ours. */
export function disabledFeatures(): string {
  return `--disable-features=${[...playwrights(), ...OURS].join(',')}`;
}

/** Playwright's own list, which it gives to nobody: read where it stands, so that it stays theirs. */
function playwrights(): string[] {
  const bundle = readFileSync(createRequire(import.meta.url).resolve('playwright-core/lib/coreBundle'), 'utf8');
  const list = /\bdisabledFeatures = \[(.*?)\]/s.exec(bundle)?.[1] ?? '';
  const names = list
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('//'))
    .flatMap((line) => /"(\w+)"/.exec(line)?.[1] ?? []);
  if (names.length === 0) throw new Error('playwright-core no longer says which features it turns off');
  return names;
}
