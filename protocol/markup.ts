/*
 * A message's text may have markup: **bold**, *italic*, ~~struck~~, `code`, ||hidden||, links, quotes and lists. The app draws it
 * with its own parser; a line in a list, a notification and the server do not need that.
 */

/** With more signs than this, a text is shown as it was typed: nobody writes that many, and parsing them would take too long. */
const MOST_SIGNS = 300;
const ANY_SIGN = /[*_~`|[\]>+-]/g;
/** Markup extends from one of these to the next. */
const PAIRS = ['*', '_', '`', '~~', '||'];
const LINE_START = /^ {0,3}(?:> |[-*+] |\d{1,9}[.)] )/m;

/** Whether a text may contain markup, so that a text without any costs nothing and the parser is not loaded for it. */
export function mayHaveMarkup(text: string): boolean {
  const isLike = PAIRS.some((sign) => text.split(sign, 3).length > 2) || text.includes('](') || LINE_START.test(text);
  return isLike && (text.match(ANY_SIGN)?.length ?? 0) <= MOST_SIGNS;
}

/** Markup that is nested deeper is left as it was typed. */
const MOST_DEPTH = 8;
/** Replaces code while the rest is read. No keyboard has this character. */
const CODE = '\uFDD0';

/**
 * The words of a message without its markup, for example for a single line. Hidden words are always replaced by `hidden`, even if
 * the drawn message shows them. Anything else that only looks like markup keeps every character, as in the drawn message.
 * [SEC-47]
 */
export function withoutMarkup(text: string, hidden = '▒▒▒▒'): string {
  if (!mayHaveMarkup(text)) return text;
  const shown = withoutSpoilers(text, hidden);
  if (shown.includes(CODE)) return shown;
  const codes: string[] = [];
  let plain = shown
    .replace(CODES, (_all, _fence, block?: string, _ticks?: string, code?: string) => {
      codes.push(block ?? code ?? '');
      return CODE;
    })
    .replace(/^(?: {0,3}>(?: |$))+/gm, '')
    .replace(/^( *)[-*+] (?=[ \t]*\S)/gm, '$1• ')
    .replace(/\[([^[\]\n]+)\]\((?:https?:\/\/|mailto:)[^\s()@]*\)/gi, '$1');
  for (let depth = 0, before = ''; depth < MOST_DEPTH && before !== plain; depth += 1) {
    before = plain;
    for (const pair of MARKED) plain = plain.replace(pair, unmarked);
  }
  return plain.replaceAll(CODE, () => codes.shift() ?? '');
}

const CODES =
  /^ {0,3}(```+|~~~+)[^\n`]*\n(?:([^]*?)\n)? {0,3}\1[`~]*[ \t]*$|(?<!`)(`+)(?!`)((?:(?!\n[ \t]*\n)[^])+?)(?<!`)\3(?!`)/gm;
/** A longer text keeps its signs, so that many signs in it cost little. */
const INNER = String.raw`(?=\S)((?:(?!\n[ \t]*\n)[^]){1,500}?)(?<=\S)`;
const MARKED = [
  new RegExp(String.raw`\*\*${INNER}\*\*(?!\*)`, 'g'),
  new RegExp(String.raw`(?<![\p{L}\p{N}_])__${INNER}__(?![\p{L}\p{N}_])`, 'gu'),
  new RegExp(`(?<!~)~~(?!~)${INNER}(?<!~)~~(?!~)`, 'g'),
  new RegExp(String.raw`(?<!\*)\*(?!\*)${INNER}(?<!\*)\*(?!\*)`, 'g'),
  new RegExp(String.raw`(?<![\p{L}\p{N}_])_(?!_)${INNER}(?<!_)_(?![\p{L}\p{N}_])`, 'gu'),
];

/** Inside a word, as in 2*3*4, and after a backslash, it stays as it was typed. */
function unmarked(all: string, inner: string, at: number, text: string): string {
  const isInsideWord = isLetter(text[at - 1]) && isLetter(text[at + all.length]);
  return isInsideWord || text[at - 1] === '\\' ? all : inner;
}

const isLetter = (character = '') => /[\p{L}\p{N}]/u.test(character);

/**
 * Wherever hidden words may start, they extend to the first place where they may end: hiding too many words is better than
 * showing one.
 */
function withoutSpoilers(text: string, hidden: string): string {
  let plain = '';
  let end = 0;
  for (const { index, 1: spoiler = '' } of text.matchAll(/(?=(\|\|[^|\s](?:[^\n]*?[^|\s])??\|\|))/g)) {
    if (index >= end) plain += text.slice(end, index) + hidden;
    end = Math.max(end, index + spoiler.length);
  }
  return plain + text.slice(end);
}
