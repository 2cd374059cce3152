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
