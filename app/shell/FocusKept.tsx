import { useEffect } from 'react';
import { keepFocus } from '#app/ui/keep-focus.ts';

/** Gives the focus to something near by when the element that has it disappears. */
export default function FocusKept() {
  useEffect(keepFocus, []);
  return null;
}
