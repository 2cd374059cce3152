import { useWords } from '#app/i18n/words.ts';
import { classNames } from '#app/ui/class-names.ts';
import { limits } from '#protocol/limits.ts';
import styles from './Composer.module.css';

/** The number of characters left is shown when fewer than this are left. */
const REMAINING_SHOWN_BELOW = 500;
const ID = 'composer-remaining';

/** The element that describes the field, if there is one. */
export function describedBy(remaining: number): string | undefined {
  return remaining < REMAINING_SHOWN_BELOW ? ID : undefined;
}

/** How many characters are left in the field, and how many a `refused` paste had. */
export function ComposerLimits({ remaining, refused }: { remaining: number; refused: number | undefined }) {
  const words = useWords();
  return (
    <>
      {remaining < REMAINING_SHOWN_BELOW && (
        <p id={ID} className={classNames(styles.remaining, remaining < 0 && styles.over)}>
          {remaining < 0
            ? `${words('composer.over', { count: -remaining })}. ${words('composer.overBody')}`
            : words('composer.left', { count: remaining })}
        </p>
      )}
      {refused !== undefined && (
        <p role="alert" className={classNames(styles.remaining, styles.over)}>
          {words('composer.refused', { count: refused, max: limits.text })}
        </p>
      )}
    </>
  );
}
