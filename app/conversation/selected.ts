import type { TimelineItem } from '#app/shown/timeline.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import { mayDelete } from '#protocol/policies.ts';
import { searchedText, type Role } from '#protocol/record.ts';
import { isSelectable } from './selection.ts';

export interface Selected {
  /** The selected messages that still exist, in the order of the chat. */
  ids: OpId[];
  /** Their texts, with the options of polls. */
  text: string;
  mayDelete: boolean;
}

/** What can be done with the selected messages: an action applies to all of them or is not offered. */
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
      .map(searchedText)
      .filter((text) => text !== '')
      .join('\n'),
    mayDelete: role !== undefined && selected.every((item) => mayDelete({ userId, role }, item)),
  };
}
