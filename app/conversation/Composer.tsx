import { ArrowRight } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { sendMessage } from '#app/ops/messages.ts';
import type { SharedDraft } from '#app/shown/draft.ts';
import type { Client } from '#app/sync/client.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { takeKey } from '#app/ui/keys.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import type { Quoted } from './quoted.ts';
import { ReplyPreview } from './ReplyPreview.tsx';
import { useSaveDraft } from './use-save-draft.ts';
import { useSharedDraft } from './use-shared-draft.ts';
import { useTypingNotice } from './use-typing-notice.ts';
import styles from './Composer.module.css';

/** The number of characters left is shown when fewer than this are left. */
const REMAINING_SHOWN_BELOW = 500;

interface ComposerProps {
  client: Client;
  stream: ConversationId;
  name: string;
  /** The text that the field starts with. */
  initialDraft: string;
  shared: SharedDraft;
  hasFocus: boolean;
  /** The message being replied to. */
  reply: (Quoted & { id: OpId }) | undefined;
  onReplyEnd: () => void;
}

/**
 * The field in which a message is written. Typing and sending work whatever the network does; the field drops a text once it
 * is stored on the device, which takes milliseconds. [REL-02]
 */
export function Composer({ client, stream, name, initialDraft, shared, hasFocus, reply, onReplyEnd }: ComposerProps) {
  const words = useWords();
  const [text, setText] = useState(initialDraft);
  const [hasFailed, setFailed] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const saveDraft = useSaveDraft(client, stream, text, initialDraft);
  /** The start of the field's text that is being stored as messages: pressing Enter again must not send it again. */
  const storing = useRef('');
  useSharedDraft(client, stream, shared, text, setText);
  const remaining = limits.text - text.length;
  const canSend = text.trim() !== '' && remaining >= 0;

  // After every render, because the text changes by typing, by sending and by the shared draft.
  useLayoutEffect(() => grow(field.current));
  useEffect(() => {
    if (hasFocus) field.current?.focus({ preventScroll: true });
  }, [hasFocus]);
  const replyTo = reply?.id;
  useEffect(() => {
    if (replyTo !== undefined) field.current?.focus({ preventScroll: true });
  }, [replyTo]);
  const noticeTyping = useTypingNotice(client, stream);

  async function send() {
    const message = withoutStart(text, storing.current);
    if (!canSend || message.trim() === '') return;
    storing.current = text;
    setFailed(false);
    noticeTyping('');
    field.current?.focus();
    try {
      // A paste can end in half a surrogate pair, which the server would refuse. [SH7]
      const content = { text: message.toWellFormed(), ...(replyTo === undefined ? {} : { replyTo }) };
      await client.outbox.queue(sendMessage(stream, content, new Date()));
    } catch {
      // The device could not store it, for example because the disk is full: the text is still in the field.
      storing.current = '';
      setFailed(true);
      return;
    }
    onReplyEnd();
    storing.current = withoutStart(storing.current, message);
    const rest = withoutStart(field.current?.value ?? '', message);
    setText(rest);
    await saveDraft(rest);
  }

  function keyDown(event: KeyboardEvent) {
    if (event.key === 'Escape' && replyTo !== undefined) return onReplyEnd();
    if (event.key !== 'Enter' || event.shiftKey) return undefined;
    // On touch screens Enter alone starts a new line and the button sends. A keyboard that is attached to one has Ctrl or Cmd.
    const isMeant = event.ctrlKey || event.metaKey || matchMedia('(hover: hover) and (pointer: fine)').matches;
    if (!isMeant) return undefined;
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
      {hasFailed && (
        <p role="alert" className={styles.failed}>
          {words('composer.notSaved')}
        </p>
      )}
      {reply !== undefined && <ReplyPreview quoted={reply} onCancel={onReplyEnd} />}
      <div className={styles.box}>
        <textarea
          ref={field}
          className={styles.field}
          aria-label={words('composer.label')}
          aria-describedby={remaining < REMAINING_SHOWN_BELOW ? 'composer-remaining' : undefined}
          placeholder={words('composer.to', { name })}
          rows={1}
          dir="auto"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            noticeTyping(event.target.value);
          }}
          onKeyDown={(event) => takeKey(event, keyDown)}
        />
        {remaining < REMAINING_SHOWN_BELOW && (
          <span id="composer-remaining" className={classNames(styles.remaining, remaining < 0 && styles.over)}>
            {remaining < 0
              ? words('composer.over', { count: -remaining })
              : words('composer.left', { count: remaining })}
          </span>
        )}
        <IconButton
          type="submit"
          label={words('composer.send')}
          look="solid"
          disabled={!canSend}
          // The field keeps the focus; otherwise a phone's keyboard would close and open again for every message.
          onPointerDown={(event) => event.preventDefault()}
        >
          <ArrowRight size={20} aria-hidden />
        </IconButton>
      </div>
    </form>
  );
}

function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : text;
}

/** In browsers without `field-sizing: content` the height is set from the measured content. */
function grow(field: HTMLTextAreaElement | null): void {
  if (field === null || CSS.supports('field-sizing', 'content')) return;
  field.style.blockSize = 'auto';
  field.style.blockSize = `${field.scrollHeight}px`;
}
