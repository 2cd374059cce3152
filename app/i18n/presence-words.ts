import { shortTime } from './instants.ts';
import type { Words } from './words.ts';

interface Presence {
  online: boolean;
  lastSeenAt?: string | undefined;
}

/** Whether somebody is online, or when they last were; empty if unknown. */
export function presenceWords(presence: Presence | undefined, now: Date, words: Words): string {
  if (presence === undefined) return '';
  if (presence.online) return words('presence.online');
  return presence.lastSeenAt === undefined
    ? ''
    : words('presence.lastSeen', { time: shortTime(new Date(presence.lastSeenAt), now) });
}

/** Who is typing: one or two first names, or the number of people. */
export function typingWords(names: readonly string[], words: Words): string {
  const [first, second] = names.map((name) => name.trim().split(/\s+/u)[0] ?? name);
  if (first === undefined) return '';
  if (second === undefined) return words('presence.typing', { name: first });
  return names.length === 2
    ? words('presence.typingTwo', { name: first, other: second })
    : words('presence.typingMany', { count: names.length });
}
