import type { TimelineItem } from '#app/shown/timeline.ts';

/** A message of the timeline, in the middle of a day and of a run; a test sets the fields that matter to it. */
export function timelineItem(
  more: Pick<TimelineItem, 'id' | 'senderId' | 'text'> & Partial<TimelineItem>,
): TimelineItem {
  return {
    isOwn: false,
    attachments: [],
    at: new Date(0),
    isEdited: false,
    isDeleted: false,
    isPinned: false,
    reactions: [],
    gap: 0,
    startsDay: false,
    startsNew: false,
    isFirstOfRun: false,
    isLastOfRun: false,
    ...more,
  };
}
