// In which order vitest runs the files: the longest first. One that began last would keep one core busy, and the other idle.
import { BaseSequencer } from 'vitest/node';

const LONGEST = [
  'bad-link',
  'killed-tab',
  'groups',
  'absence',
  'views',
  'narrow',
  'scrolling',
  'sleep',
  'offline',
  'tabs',
  'refused-starts',
  'several-servers',
  'kill-loop',
  'simulation',
  'attempts',
  'signals',
  'fleet',
];

/** @typedef {import('vitest/node').TestSpecification} TestSpecification */

export class LongestFirst extends BaseSequencer {
  /**
   * The rest as vitest orders them: by what it remembers of earlier runs. A fresh clone remembers nothing, and vitest has
   * only their size to go by, which is small for the longest two.
   *
   * @override @param {TestSpecification[]} files
   */
  async sort(files) {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => placeOf(a) - placeOf(b));
  }
}

/** @param {TestSpecification} file */
function placeOf({ moduleId }) {
  const at = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return at < 0 ? LONGEST.length : at;
}
