import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { EditUnderWay, ViewStore } from '#app/local-store/local-store.ts';
import { forgetUnsaved, keepUnsaved } from './unsaved-texts.ts';

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
  /** What was given to the device last, and what it holds. */
  const kept = useRef(initial.text);
  const held = useRef(initial.text);
  const isOver = useRef(false);
  useLayoutEffect(() => {
    latest.current = { ...initial, text };
  });
  useEffect(() => {
    const keep = async () => {
      const edit = latest.current;
      if (isOver.current || edit.text === kept.current) return;
      kept.current = edit.text;
      try {
        await (edit.text === edit.from ? store.dropEdit(edit.id) : store.keepEdit(edit));
      } catch {
        // If the device is full, the text stays in the field, and the next change tries again.
        kept.current = '';
        return;
      }
      held.current = edit.text;
      if (edit.text === latest.current.text) forgetUnsaved('edit', store.userId, edit.id);
    };
    const leave = () => {
      const edit = latest.current;
      if (!isOver.current && edit.text !== held.current) keepUnsaved('edit', store.userId, edit.id, edit);
      void keep();
    };
    const timer = setInterval(() => void keep(), KEPT_AFTER_MS);
    addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', leave);
    return () => {
      clearInterval(timer);
      removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', leave);
      void keep();
    };
  }, [store]);
  const end = () => {
    isOver.current = true;
    forgetUnsaved('edit', store.userId, initial.id);
  };
  return { text, setText, end, from: initial.from };
}
