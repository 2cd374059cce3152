import type { TimelineItem } from '#app/shown/timeline.ts';
import { createContext } from 'react';
import type { OpId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';

/** The selection; undefined if no messages are being selected. A context of its own, because it changes with every message selected. */
export const Selection = createContext<{ ids: ReadonlySet<OpId>; onToggle: (id: OpId) => void } | undefined>(undefined);

/** An action on several messages must fit into one push. */
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
