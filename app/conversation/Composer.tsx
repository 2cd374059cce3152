import { ArrowRight, X } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { Client } from '#app/sync/client.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { classNames } from '#app/ui/class-names.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import type { Quoted } from './quoted.ts';
import { useSharedDraft, type SharedDraft } from './use-shared-draft.ts';
import { useTyping } from './use-typing.ts';
import styles from './Composer.module.css';
import quote from './Quote.module.css';

const DRAFT_SAVED_AFTER_MS = 300;
const LEFT_SHOWN_BELOW = 500;

interface ComposerProps {
  client: Client;
  stream: ConversationId;
  name: string;
  /** What was typed here before, from the device. */
  initialDraft: string;
  shared: SharedDraft;
  hasFocus: boolean;
  /** The message that is answered. */
  reply: (Quoted & { id: OpId }) | undefined;
  onReplyEnd: () => void;
}

/**
 * Where a message is written. Typing and sending go on whatever the network does; the field lets go of a text when the
 * device has it, which takes milliseconds. [ask 32] [REL-02]
 */
export function Composer({ client, stream, name, initialDraft, shared, hasFocus, reply, onReplyEnd }: ComposerProps) {
  const words = useWords();
  const [text, setText] = useState(initialDraft);
  const [isKept, setKept] = useState(true);
  const field = useRef<HTMLTextAreaElement>(null);
  const saveDraft = useDraft(client, stream, text, initialDraft);
  /** What stands in front of the field and is on its way to the device: pressing Enter again doesn't send it again. */
  const taking = useRef('');
  useSharedDraft(client, stream, shared, text, setText);
  const left = limits.text - text.length;
  const canSend = text.trim() !== '' && left >= 0;

  // After every drawing: the text changes by typing, by sending and by coming back.
  useLayoutEffect(() => grow(field.current));
  useEffect(() => {
    if (hasFocus) field.current?.focus({ preventScroll: true });
  }, [hasFocus]);
  const replyTo = reply?.id;
  useEffect(() => {
    if (replyTo !== undefined) field.current?.focus({ preventScroll: true });
  }, [replyTo]);
  const typed = useTyping(client, stream);

  async function send() {
    const said = withoutStart(text, taking.current);
    if (!canSend || said.trim() === '') return;
    taking.current = text;
    setKept(true);
    typed('');
    field.current?.focus();
    try {
      // Half a surrogate pair, which a cut paste can leave, no server could store. [SH7]
      await client.outbox.send(stream, {
        text: said.toWellFormed(),
        ...(replyTo === undefined ? {} : { replyTo }),
      });
    } catch {
      // The device refused the write (full, or gone): the words are still in the field.
      taking.current = '';
      setKept(false);
      return;
    }
    onReplyEnd();
    taking.current = withoutStart(taking.current, said);
    const rest = withoutStart(field.current?.value ?? '', said);
    setText(rest);
    await saveDraft(rest);
  }

  function keyDown(event: KeyboardEvent) {
    if (event.key === 'Escape' && replyTo !== undefined) return onReplyEnd();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return undefined;
    // On touch, Enter breaks the line and the button sends. [C1]
    if (!matchMedia('(hover: hover) and (pointer: fine)').matches) return undefined;
    event.preventDefault();
    void send();
    return undefined;
  }

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {!isKept && (
        <p role="alert" className={styles.notKept}>
          {words('composer.notKept')}
        </p>
      )}
      {reply !== undefined && (
        <div className={quote.replying} role="group" aria-label={words('chat.replyTo', { name: reply.who })}>
          <span className={quote.words}>
            <span className={quote.who} dir="auto">
              {reply.who}
            </span>
            <span className={quote.text} dir="auto">
              {reply.text}
            </span>
          </span>
          <IconButton label={words('chat.replyCancel')} onClick={onReplyEnd}>
            <X size={18} aria-hidden />
          </IconButton>
        </div>
      )}
      <div className={styles.box}>
        <textarea
          ref={field}
          className={styles.field}
          aria-label={words('composer.label')}
          aria-describedby={left < LEFT_SHOWN_BELOW ? 'composer-left' : undefined}
          placeholder={words('composer.to', { name })}
          rows={1}
          dir="auto"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            typed(event.target.value);
          }}
          onKeyDown={keyDown}
        />
        {left < LEFT_SHOWN_BELOW && (
          <span id="composer-left" className={classNames(styles.left, left < 0 && styles.over)}>
            {left < 0 ? words('composer.over', { count: -left }) : words('composer.left', { count: left })}
          </span>
        )}
        <IconButton
          type="submit"
          label={words('composer.send')}
          look="solid"
          disabled={!canSend}
          // The field keeps the focus, or a phone's keyboard closes and opens at every message.
          onPointerDown={(event) => event.preventDefault()}
        >
          <ArrowRight size={20} aria-hidden />
        </IconButton>
      </div>
    </form>
  );
}

/** Keeps the draft on the device: soon after typing, and at once when the page may end. [ask 33] [C2] */
function useDraft(client: Client, stream: ConversationId, text: string, initial: string) {
  const latest = useRef(initial);
  const saved = useRef(initial);
  useLayoutEffect(() => {
    latest.current = text;
  }, [text]);
  const save = useCallback(
    async (typed = latest.current) => {
      const before = saved.current;
      if (typed === before) return;
      saved.current = typed;
      const draft = typed.trim() === '' ? '' : typed.slice(0, limits.text).toWellFormed();
      try {
        await client.store.saveDraft(stream, draft);
      } catch {
        // Full or gone: the words are still in the field, and the next letter tries again.
        if (saved.current === typed) saved.current = before;
      }
    },
    [client, stream],
  );
  useEffect(() => {
    if (text === '') return undefined;
    const timer = setTimeout(() => void save(), DRAFT_SAVED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, save]);
  useEffect(() => {
    const flush = () => void save();
    addEventListener('pagehide', flush);
    document.addEventListener('visibilitychange', flush);
    return () => {
      removeEventListener('pagehide', flush);
      document.removeEventListener('visibilitychange', flush);
      flush();
    };
  }, [save]);
  return save;
}

function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : text;
}

/** Where `field-sizing: content` is missing, the height follows by measure. */
function grow(field: HTMLTextAreaElement | null): void {
  if (field === null || CSS.supports('field-sizing', 'content')) return;
  field.style.blockSize = 'auto';
  field.style.blockSize = `${field.scrollHeight}px`;
}
