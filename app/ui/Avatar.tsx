import type { CSSProperties } from 'react';
import { classNames } from './class-names.ts';
import { hueOf, initialsOf } from './hue.ts';
import { usePictureAddress } from './pictures.ts';
import styles from './Avatar.module.css';

interface AvatarProps {
  /** Determines the picture, or the colour if there is none. */
  id: string;
  name: string;
  /** Round for people and square for groups, so that they differ without colour. */
  shape: 'round' | 'square';
  /** In pixels; otherwise the value of `--avatar`. */
  size?: number;
  /** Shows a dot for somebody who is online; there is always a text too. */
  isOnline?: boolean;
}

/** A decoration: the name is always beside it as text. */
export function Avatar({ id, name, shape, size, isOnline = false }: AvatarProps) {
  const picture = usePictureAddress(id);
  const style = { '--hue': hueOf(id), ...(size === undefined ? {} : { '--size': `${size}px` }) } as CSSProperties;
  return (
    <span aria-hidden className={classNames(styles.avatar, styles[shape])} style={style}>
      <span translate="no">{initialsOf(name)}</span>
      {picture !== undefined && <img className={styles.picture} src={picture} alt="" draggable={false} />}
      {isOnline && <span className={styles.online} />}
    </span>
  );
}
