import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { ReportReason } from '#protocol/reports.ts';

/** A report, with what it is about as the stream holds it now. */
export interface NewReport {
  id: OpId;
  by: UserId;
  stream: ConversationId;
  reason: ReportReason;
  note?: string | undefined;
  /** Who wrote the message, or who is reported. Absent: it is about a group. */
  person?: UserId;
  /** Of a group. */
  title?: string | undefined;
  message?: MessageRecord;
}

/** Where the rule of reporting stores reports. [RP1] */
export interface Reports {
  has(by: UserId, id: OpId): Promise<boolean>;
  /**
   * Durable when it resolves to `stored`; the same report again changes nothing. Otherwise the person has sent too many: they may try
   * again in `waitMs`, or not today.
   */
  add(report: NewReport): Promise<'stored' | 'too many today' | { waitMs: number }>;
}

/** For a server on which nobody reads reports. */
export const noReports: Reports = {
  has: () => Promise.resolve(false),
  add: () => Promise.resolve('too many today'),
};
