import type { ButtonHTMLAttributes } from 'react';
import styles from './InlineButton.module.css';

/** A small action in a line of text, in the text's colour. */
export function InlineButton(props: Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type' | 'className'>) {
  return <button type="button" className={styles.button} {...props} />;
}
