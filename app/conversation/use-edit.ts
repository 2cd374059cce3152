import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { EditUnderWay, ViewStore } from '#app/local-store/local-store.ts';
import { onLeaving } from '#app/ui/on-leaving.ts';
import { forgetUnsaved, keepUnsaved } from './unsaved-texts.ts';

const KEPT_AFTER_MS = 300;

/**
 * The text of an unfinished edit. It is stored on the device shortly after each change, and when its dialog or the page is
 * closed, so that no way of leaving the dialog loses text. `end` ends the edit, after which nothing is stored; `resume` takes
 * that back, because the device could not store the new text.
 */
export function useEdit(store: ViewStore, given: EditUnderWay) {
  // The message's text when the edit started, which does not change with the message.
  const [initial] = useState(given);
  const [text, setText] = useState(initial.text);
  const latest = useRef(initial);
  /** The text that the device was last asked to keep, and the one that it holds. */
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
        if (!isOver.current) keepUnsaved('edit', store.userId, edit.id, edit);
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
    const stop = onLeaving(leave);
    return () => {
      clearInterval(timer);
      stop();
      void keep();
    };
  }, [store]);
  const end = () => {
    isOver.current = true;
    forgetUnsaved('edit', store.userId, initial.id);
  };
  const resume = () => {
    isOver.current = false;
    kept.current = '';
  };
  return { text, setText, end, resume, from: initial.from };
}
