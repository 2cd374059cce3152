import { splitAtAddresses } from '#app/links/web-addresses.ts';
import type { UserId } from '#protocol/ids.ts';
import type { AttachmentKind, MessageRecord } from '#protocol/record.ts';

export const foundKinds = ['image', 'video', 'voice', 'file', 'link'] as const;
export type FoundKind = (typeof foundKinds)[number];

/** The filters of a search. Days are local dates, both included: `2026-03-29`. */
export interface SearchFilters {
  from?: UserId;
  kind?: FoundKind;
  fromDay?: string;
  toDay?: string;
}

/** The start of the range, and its end, which is excluded. */
export interface Bounds {
  since: string;
  until: string;
}

const kindOf: Record<AttachmentKind, FoundKind> = {
  image: 'image',
  video: 'video',
  voice: 'voice',
  audio: 'file',
  document: 'file',
};

type Filtered = Pick<MessageRecord, 'senderId' | 'text' | 'attachments'>;

function kindsOf({ text, attachments }: Filtered): Set<FoundKind> {
  const kinds = new Set(attachments.map(({ kind }) => kindOf[kind]));
  if (splitAtAddresses(text).some(({ kind }) => kind === 'link')) kinds.add('link');
  return kinds;
}

// Words are folded letters and digits, so no key of a word starts or ends like these.
const senderKey = (id: UserId) => `\u{1}${id}\u{1}`;
const kindKey = (kind: FoundKind) => `\u{2}${kind}\u{2}`;

/** The keys by which the index finds a message for the filters. */
export function filterKeys(message: Filtered): string[] {
  return [senderKey(message.senderId), ...[...kindsOf(message)].map(kindKey)];
}

/** The keys that a message must have to pass the filters. */
export function keysOfFilters({ from, kind }: SearchFilters): string[] {
  return [...(from === undefined ? [] : [senderKey(from)]), ...(kind === undefined ? [] : [kindKey(kind)])];
}

export function boundsOf({ fromDay, toDay }: SearchFilters): Bounds {
  return { since: startOf(fromDay, 0) ?? '', until: startOf(toDay, 1) ?? '\u{FFFF}' };
}

/** The start of the day, or of a day some days later, by this device's clock; undefined if it is not a date. */
function startOf(day: string | undefined, later: number): string | undefined {
  const [, year, month, date] = /^(\d{4,6})-(\d\d)-(\d\d)$/.exec(day ?? '') ?? [];
  if (year === undefined) return undefined;
  const at = new Date(Number(year), Number(month) - 1, Number(date) + later);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

export function passes(message: MessageRecord, { from, kind }: SearchFilters, { since, until }: Bounds): boolean {
  return (
    (from === undefined || message.senderId === from) &&
    message.createdAt >= since &&
    message.createdAt < until &&
    (kind === undefined || kindsOf(message).has(kind))
  );
}

export function hasFilters(filters: SearchFilters): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}
