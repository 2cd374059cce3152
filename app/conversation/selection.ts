import type { TimelineItem } from '#app/shown/timeline.ts';
import { createContext } from 'react';
import type { OpId, UserId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { mayDelete } from '#protocol/policies.ts';
import type { Role } from '#protocol/record.ts';

/** Messages are being selected; undefined if not. A context of its own, because it changes with every message selected. */
export const Selection = createContext<{ ids: ReadonlySet<OpId>; onToggle: (id: OpId) => void } | undefined>(undefined);

/** What is done with several messages is one push at most. */
const MOST_SELECTED = limits.ops;

export function isSelectable({ event, isDeleted, seq }: TimelineItem): boolean {
  return event === undefined && !isDeleted && seq !== undefined;
}

/** The selection after a press on a message. */
export function toggled(ids: ReadonlySet<OpId>, id: OpId): ReadonlySet<OpId> {
  const next = new Set(ids);
  if (!next.delete(id) && next.size < MOST_SELECTED) next.add(id);
  return next;
}

export interface Selected {
  /** Those of the selected messages that are still there, in the order of the chat. */
  ids: OpId[];
  /** Their texts. */
  text: string;
  mayDelete: boolean;
}

/** What can be done with the selected messages: all of them, or nothing. */
export function selectedOf(
  items: readonly TimelineItem[],
  ids: ReadonlySet<OpId>,
  actor: { userId: UserId; role: Role | undefined },
): Selected {
  const selected = items.filter((item) => ids.has(item.id) && isSelectable(item));
  const { userId, role } = actor;
  return {
    ids: selected.map(({ id }) => id),
    text: selected
      .map(({ text }) => text)
      .filter((text) => text !== '')
      .join('\n'),
    mayDelete: role !== undefined && selected.every((item) => mayDelete({ userId, role }, item)),
  };
}
