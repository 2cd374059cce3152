/** Signs beyond which a text is shown as it was typed: nobody writes that many, and reading them would take too long. */
const MOST_SIGNS = 300;
const ANY_SIGN = /[*_~`|[\]>+-]/g;
/** Markup goes from one of these to the next. */
const PAIRS = ['*', '_', '`', '~~', '||'];
const LINE_START = /^ {0,3}(?:> |[-*+] |\d{1,9}[.)] )/m;

/** Whether a text may hold markup, so that one without any costs nothing and its parser is never loaded. */
export function mayHaveMarkup(text: string): boolean {
  const isLike = PAIRS.some((sign) => text.split(sign, 3).length > 2) || text.includes('](') || LINE_START.test(text);
  return isLike && (text.match(ANY_SIGN)?.length ?? 0) <= MOST_SIGNS;
}

interface KeyPress {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

const SHORTCUTS: Readonly<Record<string, string>> = { b: '**', i: '_', e: '`', 'shift+x': '~~' };

/** What a shortcut with Ctrl or Cmd puts around the selected words: B bold, I italic, E code, Shift+X struck through. */
export function markupSign({ key, shiftKey, altKey, ctrlKey, metaKey }: KeyPress): string | undefined {
  if (altKey || ctrlKey === metaKey) return undefined;
  return SHORTCUTS[`${shiftKey ? 'shift+' : ''}${key.toLowerCase()}`];
}
