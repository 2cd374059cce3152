import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';

/** When files are fetched before anybody opens them. */
export const whens = ['always', 'unmetered', 'never'] as const;
export type When = (typeof whens)[number];

export const downloadKinds = ['image', 'sound', 'video', 'document'] as const;
export type DownloadKind = (typeof downloadKinds)[number];

/** What a person has chosen about the messages and files on this device. */
export interface FileChoices {
  /** How many messages of each chat are fetched in advance. */
  depth: number;
  /** Bytes of the files that are kept because they were seen. */
  budget: number;
  automatic: Record<DownloadKind, When>;
  /** Chats whose messages and files are all kept, whatever the depth and the budget. */
  offline: ConversationId[];
}

export const budgets = [100_000_000, 500_000_000, 2_000_000_000] as const;

/** The newest ones, which every device has; then more and more, up to all. */
export const depths = [limits.window, 1_000, 10_000, Infinity] as const;

export const FIRST_CHOICES: FileChoices = {
  depth: depths[0],
  budget: budgets[1],
  automatic: { image: 'always', sound: 'always', video: 'unmetered', document: 'unmetered' },
  offline: [],
};

/** What is known about a kept file without reading it. */
export interface KeptFacts {
  size: number;
  usedAt: number;
  stream: ConversationId;
}

/**
 * Which of these files must go so that `room` more bytes fit: those used least recently, and none of a chat that is kept offline,
 * whose files do not count. Undefined if the file does not fit at all.
 */
export function filesToRemove<File extends KeptFacts>(
  files: readonly File[],
  room: number,
  { budget, offline }: Pick<FileChoices, 'budget' | 'offline'>,
): File[] | undefined {
  if (room > budget) return undefined;
  const counted = files.filter(({ stream }) => !offline.includes(stream)).toSorted((a, b) => a.usedAt - b.usedAt);
  let over = counted.reduce((sum, { size }) => sum + size, room) - budget;
  return counted.filter(({ size }) => {
    if (over <= 0) return false;
    over -= size;
    return true;
  });
}
