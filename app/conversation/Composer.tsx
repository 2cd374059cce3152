import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useWords, withLaterWords } from '#app/i18n/words.ts';
import type { Draft } from '#app/local-store/local-store.ts';
import { EmojiButton } from '#app/emoji/EmojiButton.tsx';
import { AttachButton } from '#app/media/AttachButton.tsx';
import { RecordButton } from '#app/media/RecordButton.tsx';
import { canRecord } from '#app/media/recording-support.ts';
import { useAttaching } from '#app/media/use-attaching.ts';
import { sendMessage } from '#app/ops/messages.ts';
import { scheduleMessage } from '#app/ops/scheduled.ts';
import { mentionedIn, type NamedPerson } from '#app/shown/mentions.ts';
import type { Client } from '#app/sync/client.ts';
import { isVisible } from '#protocol/names.ts';
import { takeKey } from '#app/ui/keys.ts';
import type { Point } from '#app/ui/menu-press.ts';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import { useBoundedText } from '#app/ui/use-bounded-text.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { ComposerLimits, describedBy } from './ComposerLimits.tsx';
import { ReplyPreview } from './ReplyPreview.tsx';
import { markupSign } from './markup-shortcuts.ts';
import type { TakesKey } from './MentionCompletion.tsx';
import { SendButton } from './SendButton.tsx';
import { isSendingKey } from '#app/ui/sending-key.ts';
import { correctedNow } from '#app/ui/server-clock.ts';
import { useDraft } from './use-draft.ts';
import { usePoll } from './use-poll.ts';
import type { Reply } from './use-reply.ts';
import { useTypingNotice } from './use-typing-notice.ts';
import styles from './Composer.module.css';

const MentionCompletion = lazyExtra(() => import('./MentionCompletion.tsx'));
const ComposerDialogs = lazyExtra(withLaterWords(() => import('./ComposerDialogs.tsx')));
const ScheduleMenu = lazyExtra(withLaterWords(() => import('./ScheduleMenu.tsx')));

/** A second tap on Send that comes sooner than this is not meant for the button that took its place. */
const SECOND_TAP_MS = 400;

interface ComposerProps {
  client: Client;
  stream: ConversationId;
  name: string;
  draft: Draft;
  hasFocus: boolean;
  /** False before there is a chat, because a direct chat is created with its first message. */
  maySchedule: boolean;
  /** The people who can be mentioned, with their names as mentions write them. */
  people: readonly NamedPerson[];
  /** The message being replied to. */
  reply: Reply | undefined;
  onReplyEnd: () => void;
  /** Edits the person's own last message. */
  onEditLast: () => void;
}

/**
 * The field in which a message is written. Typing and sending work without a network; the field is cleared once the text is
 * stored on the device, which takes milliseconds. Memoized, because messages that arrive do not change it. [REL-02]
 */
export const Composer = memo(function Composer({
  client,
  stream,
  name,
  draft,
  hasFocus,
  maySchedule,
  people,
  reply,
  onReplyEnd,
  onEditLast,
}: ComposerProps) {
  const words = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, type, beginSend, sent, notSent, composition } = useDraft(client, stream, draft, field);
  const { refused, accepts, maxLength } = useBoundedText(field);
  const [hasFailed, setFailed] = useState(false);
  const attaching = useAttaching(client.userId, stream);
  const poll = usePoll(client.userId, stream);
  /** Where the menu with the times is open. */
  const [later, setLater] = useState<Point>();
  const emptiedAt = useRef(-Infinity);
  /** Undefined while a range is selected or the field does not have the focus. */
  const [caret, setCaret] = useState<number>();
  /** What to select once the inserted text is in the field. */
  const selection = useRef<[from: number, to: number]>(undefined);
  const mentionKeys = useRef<TakesKey>(undefined);
  const onMentionKeys = useCallback((takesKey: TakesKey | undefined) => {
    mentionKeys.current = takesKey;
  }, []);
  const remaining = limits.text - text.length;
  const canSend = isVisible(text) && remaining >= 0;

  // After every render, because the text changes by typing, by sending and by other tabs and devices.
  useLayoutEffect(() => grow(field.current));
  useEffect(() => {
    if (hasFocus) field.current?.focus({ preventScroll: true });
  }, [hasFocus]);
  const replyTo = reply?.id;
  // Only for a reply that was just chosen: for one that is offered again, a phone would open its keyboard over the messages.
  const chosen = reply?.isChosen === true ? replyTo : undefined;
  useEffect(() => {
    if (chosen !== undefined) field.current?.focus({ preventScroll: true });
  }, [chosen]);
  const { notice: noticeTyping, sent: endTyping } = useTypingNotice(client, stream);

  /** False if nothing was stored. */
  async function send(at?: Date): Promise<boolean> {
    if (!canSend) return false;
    const id = client.outbox.newId();
    const message = beginSend(id);
    // The whole text is being stored already: pressing Enter again must not send it again.
    if (!isVisible(message)) return false;
    setFailed(false);
    endTyping();
    field.current?.focus();
    try {
      // A paste can end in half a surrogate pair, which the server would refuse. [SH7]
      const mentions = mentionedIn(message, people);
      const content = {
        text: message.toWellFormed(),
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(mentions.length === 0 ? {} : { mentions }),
      };
      const op = at === undefined ? sendMessage(stream, content, correctedNow()) : scheduleMessage(stream, content, at);
      await client.outbox.queue(op, [], id);
    } catch {
      // The device could not store it, for example because the disk is full: the text is still in the field.
      notSent();
      setFailed(true);
      return false;
    }
    onReplyEnd();
    emptiedAt.current = performance.now();
    sent(message);
    return true;
  }

  /** Replaces what is selected, or inserts where the caret is. `select`: what is selected then, counted from the start of `made`. */
  function replaceSelection(make: (selected: string) => string, select: (made: string) => [from: number, to: number]) {
    const { selectionStart: start, selectionEnd: end } = field.current ?? {
      selectionStart: text.length,
      selectionEnd: text.length,
    };
    const made = make(text.slice(start, end));
    replace(start, end, made, select(made));
  }
  /** `select`: what is selected then, counted from the start of `by`. */
  function replace(start: number, end: number, by: string, [from, to]: [from: number, to: number]) {
    const next = text.slice(0, start) + by + text.slice(end);
    if (!accepts(next)) return;
    type(next);
    noticeTyping(next);
    setCaret(from === to ? start + to : undefined);
    selection.current = [start + from, start + to];
  }
  const latestInsert = useRef<(emoji: string) => void>(undefined);
  useLayoutEffect(() => {
    latestInsert.current = (emoji) =>
      replaceSelection(
        () => emoji,
        () => [emoji.length, emoji.length],
      );
    // The new text has moved the caret to its end. The next key may come before the next frame.
    if (selection.current !== undefined) field.current?.setSelectionRange(...selection.current);
    selection.current = undefined;
  });
  // The same functions in every render, for the memoized buttons.
  const insert = useCallback((emoji: string) => latestInsert.current?.(emoji), []);
  const focus = useCallback(() => field.current?.focus({ preventScroll: true }), []);
  const endLater = useCallback(() => {
    setLater(undefined);
    focus();
  }, [focus]);
  const isTooSoon = useCallback(() => performance.now() - emptiedAt.current < SECOND_TAP_MS, []);
  const enclose = (sign: string) =>
    replaceSelection(
      (selected) => `${sign}${selected}${sign}`,
      (made) => [sign.length, made.length - sign.length],
    );

  function keyDown(event: KeyboardEvent) {
    if (mentionKeys.current?.(event) === true) return undefined;
    if (event.key === 'Escape' && replyTo !== undefined) {
      event.preventDefault();
      return onReplyEnd();
    }
    if (event.key === 'ArrowUp' && text === '' && !hasModifier(event)) {
      event.preventDefault();
      return onEditLast();
    }
    const sign = markupSign(event);
    if (sign !== undefined) {
      event.preventDefault();
      return enclose(sign);
    }
    if (!isSendingKey(event)) return undefined;
    event.preventDefault();
    void send();
    return undefined;
  }

  return (
    <>
      {(poll.state !== 'none' || attaching.sheet !== 'none') && (
        <ComposerDialogs
          client={client}
          stream={stream}
          name={name}
          maySchedule={maySchedule}
          replyTo={replyTo}
          attaching={attaching}
          poll={poll}
          onReplyEnd={onReplyEnd}
          onClose={focus}
        />
      )}
      {later !== undefined && (
        // Outside the form, because its dialog has one of its own.
        <ScheduleMenu place={later} schedule={send} onClose={endLater} />
      )}
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
        {people.length > 0 && caret !== undefined && text.includes('@') && (
          <MentionCompletion
            field={field}
            onKeys={onMentionKeys}
            text={text}
            caret={caret}
            people={people}
            replace={(start, end, by) => replace(start, end, by, [by.length, by.length])}
          />
        )}
        <div className={styles.box}>
          <AttachButton onFiles={attaching.offer} onPoll={poll.open} />
          <textarea
            ref={field}
            className={styles.field}
            aria-label={words('composer.label')}
            aria-describedby={describedBy(remaining)}
            placeholder={words('composer.to', { name })}
            rows={1}
            maxLength={maxLength}
            dir="auto"
            value={text}
            onChange={({ target: { value, selectionEnd } }) => {
              if (!accepts(value)) return;
              type(value);
              noticeTyping(value);
              setCaret(selectionEnd);
            }}
            onSelect={({ currentTarget: { selectionStart, selectionEnd } }) =>
              setCaret(selectionStart === selectionEnd ? selectionEnd : undefined)
            }
            onBlur={() => setCaret(undefined)}
            onCompositionStart={() => composition(true)}
            onCompositionEnd={() => composition(false)}
            onKeyDown={(event) => takeKey(event, keyDown)}
          />
          <EmojiButton onPick={insert} onClose={focus} />
          {canRecord() && (
            <RecordButton client={client} stream={stream} isShown={text === ''} isTooSoon={isTooSoon} onClose={focus} />
          )}
          {(text !== '' || !canRecord()) && (
            <SendButton isDisabled={!canSend} onLater={maySchedule ? setLater : undefined} />
          )}
        </div>
        <ComposerLimits remaining={remaining} refused={refused} />
      </form>
    </>
  );
});

function hasModifier({ altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  return altKey || ctrlKey || metaKey || shiftKey;
}

/** In browsers without `field-sizing: content` the height is set from the measured content. */
function grow(field: HTMLTextAreaElement | null): void {
  if (field === null || CSS.supports('field-sizing', 'content')) return;
  field.style.blockSize = 'auto';
  field.style.blockSize = `${field.scrollHeight}px`;
}
