import type { TimelineItem } from '#app/shown/timeline.ts';
import { createContext } from 'react';
import type { OpId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';

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
