/**
 * Whether a text draws anything. Blanks, control characters, characters that Unicode calls ignorable, and the empty braille cell
 * do not. [SH8]
 */
export function isVisible(value: string): boolean {
  return /[^\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/u.test(value);
}

/** Letters whose form depends on a joiner between them. */
const JOINING =
  String.raw`[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Devanagari}\p{Script=Bengali}` +
  String.raw`\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}` +
  String.raw`\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}]`;

/** Zero-width characters that change how their neighbours are drawn. */
const needed = [
  String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic})`,
  String.raw`(?<=\p{Emoji})[\uFE0E\uFE0F]`,
  String.raw`(?<=\u{1F3F4}[\u{E0020}-\u{E007E}]*)[\u{E0020}-\u{E007F}]`,
  String.raw`(?<=\p{Script=Han})[\uFE00-\uFE0D\u{E0100}-\u{E01EF}]`,
  String.raw`(?<=\p{Script=Mongolian})[\u180B-\u180D\u180F]`,
  `(?<=${JOINING})[\\u200C\\u200D](?=${JOINING})`,
];
const neededOrIgnorable = new RegExp(String.raw`(${needed.join('|')})|\p{Default_Ignorable_Code_Point}`, 'gu');

/** Every character that is drawn as a blank. */
const blanks = /[\s\p{Cc}\u2800\u3164\uFFA0]+/gu;

/**
 * A name in the form in which it is stored: composed, with single blanks, and without zero-width characters that change nothing,
 * so that names which look the same are mostly equal. [SH9]
 */
export function cleanName(name: string): string {
  return name
    .normalize('NFC')
    .replace(blanks, ' ')
    .replace(neededOrIgnorable, (_, kept: string | undefined) => kept ?? '')
    .replace(/ +/gu, ' ')
    .trim();
}

/** The name that records have for a person whose account was deleted. The app shows words in its own language instead. [AC2] */
export const DELETED_NAME = 'Deleted account';
