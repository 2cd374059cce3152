import { MAX_POLL_QUESTION } from '#protocol/limits.ts';
import { isVisible } from '#protocol/names.ts';
import { type Decision, refuse } from '#server/streams/decision.ts';

interface Content {
  text: string;
  files: readonly string[];
  poll?: unknown;
}

/** Why a message cannot have this content, now or later; undefined if it can. [OP1] [PO1] [SM1] */
export function refusedContent({ text, files, poll }: Content): Decision | undefined {
  if (!isVisible(text) && files.length === 0) return refuse('invalid', 'must not be empty', 'text');
  const twice = files.findIndex((id, at) => files.indexOf(id) < at);
  if (twice >= 0) return refuse('invalid', 'the same file twice', `attachments.${twice}.mediaId`);
  if (poll === undefined) return undefined;
  if (files.length > 0) return refuse('invalid', 'a poll has no files', 'attachments');
  if (text.length > MAX_POLL_QUESTION) return refuse('too_large', `longer than ${MAX_POLL_QUESTION}`, 'text');
  return undefined;
}
