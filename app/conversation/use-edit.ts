import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { EditUnderWay, ViewStore } from '#app/local-store/local-store.ts';

const KEPT_AFTER_MS = 300;

/**
 * The text of an unfinished edit. It is stored on the device shortly after each change, and when its dialog or the page is
 * closed, so that no way of leaving the dialog loses text. Also returns the function that ends the edit, after which nothing is
 * stored.
 */
export function useEdit(store: ViewStore, given: EditUnderWay) {
  // The message's text when the edit started, which does not change with the message.
  const [initial] = useState(given);
  const [text, setText] = useState(initial.text);
  const latest = useRef(initial);
  const kept = useRef(initial.text);
  const isOver = useRef(false);
  useLayoutEffect(() => {
    latest.current = { ...initial, text };
  });
  useEffect(() => {
    const keep = () => {
      const edit = latest.current;
      if (isOver.current || edit.text === kept.current) return;
      kept.current = edit.text;
      // If the device is full, the text stays in the field, and the next change tries again.
      const keeping = edit.text === edit.from ? store.dropEdit(edit.id) : store.keepEdit(edit);
      keeping.catch(() => (kept.current = ''));
    };
    const timer = setInterval(keep, KEPT_AFTER_MS);
    addEventListener('pagehide', keep);
    return () => {
      clearInterval(timer);
      removeEventListener('pagehide', keep);
      keep();
    };
  }, [store]);
  const end = () => {
    isOver.current = true;
  };
  return { text, setText, end, from: initial.from };
}
