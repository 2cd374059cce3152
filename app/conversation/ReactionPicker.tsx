import type { SubmitEvent } from 'react';
import * as v from 'valibot';
import { commonEmojis, emojiWords } from '#app/i18n/reaction-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog } from '#app/ui/Dialog.tsx';
import { TextField } from '#app/ui/TextField.tsx';
import { useTextField } from '#app/ui/use-text-field.ts';
import { MAX_EMOJIS_PER_MESSAGE } from '#protocol/limits.ts';
import { ReactionSetOp } from '#protocol/op.ts';
import type { Reaction } from '#app/shown/timeline.ts';
import styles from './Reactions.module.css';

interface ReactionPickerProps {
  reactions: readonly Reaction[];
  onPick: (emoji: string, on: boolean) => void;
  onClose: () => void;
}

/** Offers a few emojis as buttons, and any other as typed text. */
export default function ReactionPicker({ reactions, onPick, onClose }: ReactionPickerProps) {
  const words = useWords();
  const { text: typed, setError, props } = useTextField();
  const isOwn = (emoji: string) => reactions.some((reaction) => reaction.emoji === emoji && reaction.isOwn);

  function pick(emoji: string, on: boolean) {
    const isNew = on && !reactions.some((reaction) => reaction.emoji === emoji);
    if (isNew && reactions.length >= MAX_EMOJIS_PER_MESSAGE) return setError(words('react.full'));
    onClose();
    return onPick(emoji, on);
  }

  function addTyped(event: SubmitEvent) {
    event.preventDefault();
    const emoji = v.safeParse(ReactionSetOp.entries.emoji, typed.trim());
    if (emoji.success) pick(emoji.output, true);
    else setError(words('react.invalid'));
  }

  return (
    <Dialog title={words('react.title')} onClose={onClose}>
      <div className={styles.picker}>
        {commonEmojis.map((emoji) => (
          <button
            key={emoji}
            type="button"
            className={styles.emoji}
            aria-label={emojiWords(emoji, words)}
            aria-pressed={isOwn(emoji)}
            onClick={() => pick(emoji, !isOwn(emoji))}
          >
            {emoji}
          </button>
        ))}
      </div>
      <form className={styles.free} onSubmit={addTyped} noValidate>
        <TextField label={words('react.other')} autoComplete="off" {...props} />
        <Button type="submit" look="quiet">
          {words('react.add')}
        </Button>
      </form>
    </Dialog>
  );
}
