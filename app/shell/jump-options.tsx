import type { ReactNode } from 'react';
import type { Entry } from '#app/conversation-list/entry.ts';
import { colourId } from '#app/shown/name.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import type { Person } from '#protocol/http.ts';
import type { UserId } from '#protocol/ids.ts';
import styles from './JumpDialog.module.css';

export interface JumpOption {
  id: string;
  /** Absent for a command, and for the messages of one chat. */
  avatar?: ReactNode;
  content: ReactNode;
  open: () => void;
}

export function chatOption(entry: Entry, self: UserId, open: () => void): JumpOption {
  return { id: entry.stream, avatar: chatAvatar(entry, self), content: nameLine(entry.name), open };
}

export function chatAvatar({ stream, name, isGroup }: Entry, self: UserId) {
  return <Avatar id={colourId(stream, self)} name={name} shape={isGroup ? 'square' : 'round'} size={32} />;
}

export function personOption({ id, name }: Person, open: () => void): JumpOption {
  return { id, avatar: <Avatar id={id} name={name} shape="round" size={32} />, content: nameLine(name), open };
}

/** Has another id once there are more messages, so that the first of those becomes active. */
export function moreOption(shownMessages: number, label: string, open: () => void): JumpOption {
  return { id: `more ${shownMessages}`, content: nameLine(label), open };
}

function nameLine(name: string) {
  return (
    <span className={styles.name} dir="auto" translate="no">
      {name}
    </span>
  );
}
