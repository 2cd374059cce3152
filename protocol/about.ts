import * as v from 'valibot';
import { cleanName, isVisible } from './names.ts';
import { text } from './shape.ts';

/** Characters as people count them: an emoji with its skin tone counts as one. */
export const MAX_ABOUT = 140;
/** Code units, because a character may consist of many. */
export const MAX_ABOUT_UNITS = 560;

/** The line that people write about themselves: cleaned like a name, and null if nothing visible is left. [RC6] */
export const AboutLine = v.pipe(
  text(MAX_ABOUT_UNITS),
  v.transform(cleanName),
  v.maxLength(MAX_ABOUT_UNITS),
  v.check(isShort, `a line of at most ${MAX_ABOUT} characters`),
  v.transform((line) => (isVisible(line) ? line : null)),
);

function isShort(line: string): boolean {
  return [...new Intl.Segmenter().segment(line)].length <= MAX_ABOUT;
}
