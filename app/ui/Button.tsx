import type { ButtonHTMLAttributes } from 'react';
import { classNames } from './class-names.ts';
import styles from './Button.module.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: 'solid' | 'quiet' | 'danger' | 'link';
  wide?: boolean;
}

export function Button({ look = 'solid', wide = false, className, type = 'button', ...rest }: ButtonProps) {
  return (
    <button type={type} className={classNames(styles.button, styles[look], wide && styles.wide, className)} {...rest} />
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
  look?: 'plain' | 'solid';
}

/** A button that shows only an icon; its label is its name and its tooltip. */
export function IconButton({ label, look = 'plain', className, type = 'button', ...rest }: IconButtonProps) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={classNames(styles.icon, look === 'solid' && styles.iconSolid, className)}
      {...rest}
    />
  );
}
