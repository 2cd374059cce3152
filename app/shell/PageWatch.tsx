import { useEffect } from 'react';
import { keepFocus } from '#app/ui/keep-focus.ts';
import { useKeptAccount } from './use-kept-account.ts';
import { useRefusedWrites } from './use-refused-writes.ts';

/** What is watched as long as somebody is signed in, but not needed by the first screens. */
export default function PageWatch() {
  // Moves the focus to something near when the element that has it disappears.
  useEffect(keepFocus, []);
  useKeptAccount();
  useRefusedWrites();
  return null;
}
