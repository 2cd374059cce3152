import type { OpId } from '#protocol/ids.ts';

/** A dialog about a message. */
export interface MessageDialog {
  kind: 'edit' | 'info' | 'report' | 'votes' | 'closePoll';
  id: OpId;
}
