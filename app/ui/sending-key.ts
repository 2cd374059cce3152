import { hasFinePointer } from './fine-pointer.ts';

interface KeyPress {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/**
 * True for the key that sends a message or saves an edit: Enter, which on touch screens starts a new line instead, where a button
 * sends. With Ctrl or Cmd it sends on every device, because a tablet may have a keyboard.
 */
export function isSendingKey({ key, shiftKey, ctrlKey, metaKey }: KeyPress): boolean {
  if (key !== 'Enter' || shiftKey) return false;
  return ctrlKey || metaKey || hasFinePointer();
}
