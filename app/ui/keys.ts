/** The fields that tell an input method's key; both React's key events and the browser's own have them. */
interface KeyPress {
  keyCode: number;
  isComposing?: boolean;
  nativeEvent?: { isComposing: boolean };
}

/**
 * Passes a key on to its handler, except for the input method's keys: the Enter that confirms a choice, or the Escape that closes
 * the list of choices, must not send or close anything. Safari reports such an Enter after the composition has ended; only its
 * key code, 229, gives it away. Every key handler of the app starts with this function.
 */
export function takeKey<E extends KeyPress>(event: E, handle: (event: E) => void): void {
  if (!belongsToInputMethod(event)) handle(event);
}

function belongsToInputMethod({ keyCode, isComposing, nativeEvent }: KeyPress): boolean {
  return keyCode === 229 || isComposing === true || nativeEvent?.isComposing === true;
}

/** Keeps the input method's keys from the handlers of a library, which does not recognise them. */
export function shieldKey(event: KeyPress & { stopPropagation: () => void }): void {
  if (belongsToInputMethod(event)) event.stopPropagation();
}
