import type { CSSProperties } from 'react';
import { classNames } from './class-names.ts';
import { hueOf, initialsOf } from './hue.ts';
import styles from './Avatar.module.css';

interface AvatarProps {
  /** Decides the colour. */
  id: string;
  name: string;
  /** People are round, groups are square: told apart without colour. */
  shape: 'round' | 'square';
  /** In pixels; without it, what the place says in `--avatar`. */
  size?: number;
  /** The dot of somebody who is there; words say it too. */
  isOnline?: boolean;
}

/** Decoration: the name always stands beside it as text. */
export function Avatar({ id, name, shape, size, isOnline = false }: AvatarProps) {
  const style = { '--hue': hueOf(id), ...(size === undefined ? {} : { '--size': `${size}px` }) } as CSSProperties;
  return (
    <span aria-hidden className={classNames(styles.avatar, styles[shape])} style={style}>
      {initialsOf(name)}
      {isOnline && <span className={styles.online} />}
    </span>
  );
}
