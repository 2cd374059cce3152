import { isConversation, personalStream, type ConversationId, type UserId } from '#protocol/ids.ts';
import {
  countsAsUnread,
  type KnownRecord,
  type MemberRecord,
  type MembershipRecord,
  type MessageRecord,
} from '#protocol/record.ts';
import type { Streams } from '#server/streams/streams.ts';
import type { Device } from './device.fixture.ts';

/** What one person may see on the server, whole. */
interface Seen {
  memberships: Map<ConversationId, MembershipRecord>;
  conversations: Map<ConversationId, { records: KnownRecord[]; messages: MessageRecord[] }>;
}

/** Rejects where the server doesn't tell all: for good, that is a violation. */
export async function seenBy(streams: Streams, userId: UserId): Promise<Seen> {
  const pulled = await streams.pull({ userId }, { cursors: {}, limit: 1_000 });
  if ('error' in pulled) throw new Error(`the server can't be read: ${JSON.stringify(pulled)}`);
  // Something moved while it was read, a shared mark perhaps: the whole is one page once nothing does.
  if (pulled.more) return seenBy(streams, userId);
  const seen: Seen = { memberships: new Map(), conversations: new Map() };
  for (const { stream, records } of pulled.streams) {
    const known = records as KnownRecord[];
    if (stream === personalStream(userId))
      for (const record of known) if (record.type === 'membership') seen.memberships.set(record.conversation, record);
    if (!isConversation(stream)) continue;
    const history = await streams.history({ userId }, { stream, limit: 1_000 });
    if ('error' in history) throw new Error(`no history of ${stream}: ${JSON.stringify(history.error)}`);
    seen.conversations.set(stream, { records: known, messages: history.records });
  }
  return seen;
}

const text = (value: unknown) =>
  JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
const byId = (records: readonly KnownRecord[]) => [...records].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Everything that a device must hold, show and have done once the weather is fair. Answers what is not so. */
export async function check(device: Device, seen: Seen, removed: ReadonlySet<string>): Promise<string[]> {
  const wrong: string[] = [];
  const { name, userId } = device;
  const store = device.life()?.store;
  if (store === undefined) return [`${name} is down`];
  const say = (rule: string, what: string) => wrong.push(`${rule} ${name}: ${what}`);
  for (const defect of device.defects) say('a defect', String(defect));

  const outbox = await store.outbox();
  for (const row of outbox) if (row.state !== 'failed') say('[CL2]', `still ${row.state}: ${text(row.op)}`);
  const failed = new Map(outbox.map((row) => [row.id, row]));

  const rows = new Map((await store.conversations()).map((row) => [row.stream, row]));
  for (const [stream, membership] of seen.memberships) {
    const held = rows.get(stream)?.membership;
    if (membership.leftAt === undefined && text(held) !== text(membership))
      say('[ST4]', `holds ${text(held)} for ${text(membership)}`);
  }
  for (const [stream, { records, messages }] of seen.conversations) {
    const row = rows.get(stream);
    if (row === undefined) {
      say('[ST4]', `has no ${stream}`);
      continue;
    }
    const conversation = records.find((record) => record.type === 'conversation');
    if (text(row.record) !== text(conversation)) say('[ST4]', `holds ${text(row.record)} for ${text(conversation)}`);
    const members = records.filter((record): record is MemberRecord => record.type === 'member');
    const heldMembers = await store.members(stream);
    if (text(byId(heldMembers)) !== text(byId(members)))
      say('[ST4]', `holds members ${text(byId(heldMembers))} for ${text(byId(members))}`);

    const held = await store.messages(stream, {});
    const window = messages.filter(({ seq }) => seq >= row.historyStart);
    if (text(held) !== text(window))
      say(
        '[ST4]',
        `holds in ${stream} from ${row.historyStart}\n${held.map(text).join('\n')}\nfor\n${window.map(text).join('\n')}`,
      );
    if (messages.length > 0 && row.historyStart === 0) say('[ST4]', `holds nothing of ${stream}`);

    const readSeq = seen.memberships.get(stream)?.readSeq ?? 0;
    const all = messages.filter((message) => message.seq > readSeq && countsAsUnread(message, userId)).length;
    const bound = Math.max(0, (messages.at(-1)?.seq ?? 0) - readSeq);
    const isWhole = row.isWhole || row.historyStart <= readSeq + 1;
    if (row.unread !== (isWhole ? all : bound))
      say('[RD4]', `${row.unread} unread in ${stream}, not ${isWhole ? all : bound}`);
  }

  const placed = new Map<string, number>();
  for (const { messages } of seen.conversations.values()) for (const { id, seq } of messages) placed.set(id, seq);
  const last = new Map<ConversationId, { seq: number; text: string }>();
  for (const { id, stream, text: words } of device.said) {
    const seq = placed.get(id);
    const isGone = removed.has(`${stream} ${userId}`);
    if (seq === undefined && !failed.has(id) && !isGone) say('[CL1]', `“${words}” is lost`);
    if (failed.has(id) && !isGone) say('[ER2]', `“${words}” failed: ${text(failed.get(id)?.error)}`);
    if (seq !== undefined && failed.has(id)) say('[ER2]', `“${words}” is sent and shown as failed`);
    if (seq === undefined) continue;
    const before = last.get(stream);
    if (before !== undefined && before.seq >= seq) say('[ST5]', `“${words}” stands before “${before.text}”`);
    last.set(stream, { seq, text: words });
  }
  return wrong;
}

/** By everybody's eyes: each thing that was said stands once. */
export function checkOnce(seen: readonly Seen[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const { conversations } of seen)
    for (const [stream, { messages }] of conversations)
      for (const message of messages) {
        if (message.event !== undefined || message.editedAt !== undefined || message.deletedAt !== undefined) continue;
        const at = places.get(message.text) ?? new Set();
        places.set(message.text, at.add(`${stream} ${message.seq}`));
      }
  return [...places].flatMap(([words, at]) =>
    at.size > 1 ? [`[AP2] “${words}” stands at ${[...at].join(' and ')}`] : [],
  );
}
