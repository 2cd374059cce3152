import * as v from 'valibot';

/** Why somebody reports a message, a person or a group. [RP1] */
export const ReportReason = v.picklist(['spam', 'abuse', 'illegal', 'impersonation', 'other']);
export type ReportReason = v.InferOutput<typeof ReportReason>;

/** What the administrator did about it. [RP3] */
export const ReportOutcome = v.picklist(['dismissed', 'suspended', 'deleted']);
export type ReportOutcome = v.InferOutput<typeof ReportOutcome>;
