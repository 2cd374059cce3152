import { useEffect } from 'react';
import { keepFocus } from '#app/ui/keep-focus.ts';

/** Moves the focus to something near when the element that has it disappears. */
export default function FocusKept() {
  useEffect(keepFocus, []);
  return null;
}
