import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Draft } from '#app/local-store/local-store.ts';
import { mergedDraft, unsentPart, withoutStart } from '#app/ops/drafts.ts';
import type { Client } from '#app/sync/client.ts';
import { onLeaving } from '#app/ui/on-leaving.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { isVisible } from '#protocol/names.ts';
import { forgetUnsaved, keepUnsaved, type BeingStored } from './unsaved-texts.ts';

/** How long after the last change a text is saved. */
const SAVED_AFTER_MS = 300;
/** How long after the first unsaved change it is saved at the latest, while somebody goes on typing. */
const SAVED_WITHIN_MS = 1_000;

type FieldRef = RefObject<HTMLTextAreaElement | null>;

/**
 * The text of a chat's field. What is typed is saved on the device shortly after the last change, within a second while somebody
 * goes on typing, and at once when the page may be closed. Changes by another tab or device are merged with what was typed here
 * since, but never during a composition, which a change would end. While the start of the text is being stored as a message,
 * nothing is merged or saved, because that write decides what remains of the draft. [C2] [OP16]
 */
export function useDraft({ store, userId }: Client, stream: ConversationId, held: Draft, field: FieldRef) {
  const [text, setText] = useState(held.text);
  /** The field's text. */
  const latest = useRef(held.text);
  /** The draft that the device holds, as far as this field knows. */
  const base = useRef(held);
  const arrived = useRef(held);
  /** Where to put the caret after a change from elsewhere, which moves it to the end: the text after it stays after it. */
  const caretFromEnd = useRef<number>(undefined);
  const isSaving = useRef(false);
  const isSaveDue = useRef(false);
  /** When the first change was made that is not saved. Milliseconds on the monotonic clock. */
  const unsavedSince = useRef<number>(undefined);
  const isComposing = useRef(false);
  /** The messages that are being stored, in order. The field begins with their texts, which belong to the draft until then. */
  const storing = useRef<readonly BeingStored[]>([]);

  const show = useCallback((next: string) => {
    latest.current = next;
    setText(next);
  }, []);

  const takeArrived = useCallback(() => {
    if (isSaving.current || isComposing.current || storing.current.length > 0) return;
    const before = base.current;
    const after = arrived.current;
    if (after.version <= before.version) return;
    base.current = after;
    const merged = latest.current === before.text ? after.text : mergedDraft(before.text, after.text, latest.current);
    if (merged === latest.current) return;
    const element = field.current;
    if (element !== null) caretFromEnd.current = element.value.length - element.selectionEnd;
    show(merged);
  }, [show, field]);

  const keep = useCallback(
    (typed: string, from: string) =>
      keepUnsaved('draft', userId, stream, { stream, typed, base: from, storing: storing.current }),
    [userId, stream],
  );
  const saveOnce = useCallback(async () => {
    if (storing.current.length > 0) return;
    unsavedSince.current = undefined;
    const typed = latest.current;
    const from = base.current;
    if (typed === from.text) return forgetUnsaved('draft', userId, stream);
    try {
      const stored = await store.saveDraft(stream, typed, from.text);
      // Unless another tab has changed the draft meanwhile, this is what is stored. Otherwise the merged text arrives like any
      // other change.
      base.current = { text: typed, version: stored.text === typed ? stored.version : from.version };
      if (stored.version > arrived.current.version) arrived.current = stored;
      if (typed === latest.current) forgetUnsaved('draft', userId, stream);
    } catch {
      // The disk is full or the database is gone. The text is still in the field, and the next change tries again.
      keep(typed, from.text);
    }
  }, [store, userId, stream, keep]);

  const save = useCallback(async () => {
    isSaveDue.current = true;
    if (isSaving.current) return;
    isSaving.current = true;
    while (isSaveDue.current) {
      isSaveDue.current = false;
      await saveOnce();
    }
    isSaving.current = false;
    takeArrived();
  }, [saveOnce, takeArrived]);

  useLayoutEffect(() => {
    const element = field.current;
    if (element === null || caretFromEnd.current === undefined) return;
    const caret = Math.max(0, element.value.length - caretFromEnd.current);
    caretFromEnd.current = undefined;
    element.setSelectionRange(caret, caret);
  });
  useLayoutEffect(() => {
    arrived.current = held;
    takeArrived();
  }, [held, takeArrived]);
  useEffect(() => {
    unsavedSince.current ??= performance.now();
    const latestMs = unsavedSince.current + SAVED_WITHIN_MS - performance.now();
    const timer = setTimeout(() => void save(), text === '' ? 0 : Math.min(SAVED_AFTER_MS, latestMs));
    return () => clearTimeout(timer);
  }, [text, save]);
  useEffect(() => {
    const leave = () => {
      const [typed, from] = [latest.current, base.current.text];
      if (typed !== from) keep(typed, from);
      void save();
    };
    const stop = onLeaving(leave);
    return () => {
      stop();
      leave();
    };
  }, [save, keep]);

  /** Returns the text to send with the op of this id: what was typed and is not being stored yet. `sent` or `notSent` must follow. */
  const beginSend = useCallback((id: OpId) => {
    const text = withoutStart(latest.current, storing.current.map((each) => each.text).join(''));
    if (isVisible(text)) storing.current = [...storing.current, { id, text }];
    return text;
  }, []);
  /** The device has stored the message and removed it from the draft. What was typed meanwhile stays, and is saved next. [CL1] */
  const sent = useCallback(
    (message: string) => {
      storing.current = storing.current.slice(1);
      base.current = { ...base.current, text: unsentPart(base.current.text, message) };
      show(withoutStart(latest.current, message));
      void save();
    },
    [show, save],
  );
  const notSent = useCallback(() => {
    storing.current = [];
    void save();
  }, [save]);
  const composition = useCallback(
    (on: boolean) => {
      isComposing.current = on;
      if (!on) takeArrived();
    },
    [takeArrived],
  );
  return { text, type: show, beginSend, sent, notSent, composition };
}
