import type { ConversationId, MessageId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { ReportReason } from '#protocol/reports.ts';
import type { NewOp, OpRules } from './rules.ts';

/** Reports a message to the administrator or, without one, the other person in a direct chat, or a group. [RP1] */
export function sendReport(
  stream: ConversationId,
  report: { messageId?: MessageId | undefined; reason: ReportReason; note: string },
): NewOp<OpOf<'report.send'>> {
  const { messageId, reason, note } = report;
  return {
    stream,
    kind: 'report.send',
    ...(messageId === undefined ? {} : { messageId }),
    reason,
    ...(note === '' ? {} : { note }),
  };
}

const report: OpRules<OpOf<'report.send'>> = {
  answeredIn: 'conversation',
  failure: () => ({ at: 'conversation', sentence: 'failed.sentence' }),
};

export const reportRules = { 'report.send': report };
