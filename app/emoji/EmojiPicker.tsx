import { EmojiPicker as Picker, type EmojiData, type EmojiPickerListComponents } from 'frimousse';
import { locale, useWords } from '#app/i18n/words.ts';
import { shieldKey } from '#app/ui/keys.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';
import { hasFinePointer } from '#app/ui/fine-pointer.ts';
import styles from './EmojiPicker.module.css';

const dataOf: Record<string, () => Promise<{ default: EmojiData }>> = {
  en: () => import('virtual:emojis-en'),
  de: () => import('virtual:emojis-de'),
};

/** The names are part of the app, so that they are not loaded from another server. */
async function emojisIn(language: string): Promise<EmojiData> {
  return (await importWithRetry(dataOf[language] ?? (() => import('virtual:emojis-en')))).default;
}

/** All emojis, with a search by their names in the app's language; arrows move, and Enter chooses. */
export default function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const words = useWords();
  // On a phone, the keyboard would cover the emojis.
  const isTouch = !hasFinePointer();
  return (
    <Picker.Root
      className={styles.picker}
      locale={locale()}
      columns={8}
      resolveEmojiData={emojisIn}
      onEmojiSelect={({ emoji }) => onPick(emoji)}
    >
      <div className={styles.top}>
        <Picker.Search
          className={styles.search}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- whoever opens the picker by a key wants to search or to move in it
          autoFocus={!isTouch}
          onKeyDown={(event) => shieldKey(event)}
          placeholder={words('emojis.search')}
          aria-label={words('emojis.search')}
        />
        <Picker.SkinToneSelector
          className={styles.tone}
          aria-label={words('emojis.tone')}
          title={words('emojis.tone')}
        />
      </div>
      <Picker.Viewport className={styles.viewport}>
        <Picker.Loading className={styles.note}>{words('lazy.loading')}</Picker.Loading>
        <Picker.Empty className={styles.note}>{words('emojis.none')}</Picker.Empty>
        <Picker.List className={styles.list} components={parts} />
      </Picker.Viewport>
    </Picker.Root>
  );
}

const parts: EmojiPickerListComponents = {
  CategoryHeader: ({ category, ...rest }) => (
    <div className={styles.category} {...rest}>
      {category.label}
    </div>
  ),
  Row: (props) => <div className={styles.row} {...props} aria-rowindex={fromOne(props['aria-rowindex'])} />,
  Emoji: ({ emoji, ...rest }) => (
    <button
      type="button"
      className={styles.emoji}
      {...rest}
      role="gridcell"
      aria-colindex={fromOne(rest['aria-colindex'])}
    >
      {emoji.emoji}
    </button>
  ),
};

/** The library counts rows and columns from 0, and ARIA from 1. */
function fromOne(index: number | undefined): number | undefined {
  return index === undefined ? undefined : index + 1;
}
