import { heldRuns, isHeld } from '#app/local-store/runs.ts';
import {
  directPeer,
  isConversation,
  isDirect,
  personalStream,
  type ConversationId,
  type StreamId,
  type UserId,
} from '#protocol/ids.ts';
import {
  countsAsUnread,
  type KnownRecord,
  type MemberRecord,
  type MembershipRecord,
  type MessageRecord,
  type ScheduledMessage,
} from '#protocol/record.ts';
import type { Streams } from '#server/streams/streams.ts';
import type { Device } from './device.fixture.ts';
import type { Run } from './run.fixture.ts';

/** Everything that one person may read on the server. */
export interface ServerView {
  memberships: Map<ConversationId, MembershipRecord>;
  conversations: Map<ConversationId, { records: KnownRecord[]; messages: MessageRecord[] }>;
  heads: Record<StreamId, number>;
  scheduled: ScheduledMessage[];
}

/** Rejects if the server does not answer in full, which is a violation if it lasts. */
export async function readServerView(streams: Streams, userId: UserId): Promise<ServerView> {
  const pulled = await streams.pull({ userId }, { cursors: {}, limit: 1_000, maxBytes: 1024 * 1024 });
  if ('error' in pulled) throw new Error(`the server can't be read: ${JSON.stringify(pulled)}`);
  // Something changed during the read, a shared mark perhaps: once nothing changes, everything fits into one page.
  if (pulled.more) return readServerView(streams, userId);
  const view: ServerView = { memberships: new Map(), conversations: new Map(), heads: {}, scheduled: [] };
  for (const { stream, records, cursor } of pulled.streams) {
    view.heads[stream] = cursor;
    const known = records as KnownRecord[];
    if (stream === personalStream(userId))
      for (const record of known) {
        if (record.type === 'membership') view.memberships.set(record.conversation, record);
        if (record.type === 'scheduled' && record.message !== null) view.scheduled.push(record.message);
      }
    if (!isConversation(stream)) continue;
    const history = await streams.history({ userId }, { stream, limit: 1_000, maxBytes: 1024 * 1024 });
    if ('error' in history) throw new Error(`no history of ${stream}: ${JSON.stringify(history.error)}`);
    view.conversations.set(stream, { records: known, messages: history.records });
  }
  return view;
}

/** JSON with sorted keys, so that equal values give equal text. */
const text = (value: unknown) =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
const byId = (records: readonly KnownRecord[]) => [...records].sort((a, b) => (a.id < b.id ? -1 : 1));

/** What a device must hold, show and have sent once no faults are injected any more; returns every violation. */
export async function deviceViolations(
  { archives }: Run,
  device: Device,
  view: ServerView,
  removed: ReadonlySet<string>,
): Promise<string[]> {
  const violations: string[] = [];
  const { name, userId } = device;
  const store = device.running()?.store;
  if (store === undefined) return [`${name} is down`];
  const violated = (rule: string, what: string) => violations.push(`${rule} ${name}: ${what}`);
  for (const defect of device.defects) violated('a defect', String(defect));

  const outbox = await store.outbox();
  for (const row of outbox) if (row.state !== 'failed') violated('[CL2]', `still ${row.state}: ${text(row.op)}`);
  const failed = new Map(outbox.map((row) => [row.id, row]));

  const cursors = await store.cursors();
  // A conversation that they were removed from keeps its cursor until the next digest.
  for (const [stream, head] of Object.entries(view.heads))
    if (cursors[stream as StreamId] !== head)
      violated('[CL3]', `has the cursor ${cursors[stream as StreamId]} of ${stream}, not ${head}`);
  const repairs = await store.repairs();
  if (repairs > 0 && !device.isDamaged()) violated('[DG4]', `repaired ${repairs} streams that were whole`);

  const blocked = await store.blocked();
  const blockedThere = [...view.memberships.values()].flatMap(({ conversation, blockedAt }) =>
    blockedAt === undefined ? [] : [directPeer(conversation, userId)],
  );
  if (text(blocked.toSorted()) !== text(blockedThere.toSorted()))
    violated('[BL1]', `has blocked ${text(blocked)}, and on the server ${text(blockedThere)}`);
  for (const [stream, { archivedSeq }] of view.memberships)
    if (archivedSeq !== undefined && archives.get(`${userId} ${stream}`)?.has(archivedSeq) !== true)
      violated('[OP17]', `archived ${stream} up to ${archivedSeq}, which nobody knew of`);

  const rows = new Map((await store.conversations()).map((row) => [row.stream, row]));
  for (const [stream, membership] of view.memberships) {
    const held = rows.get(stream)?.membership;
    if (membership.leftAt === undefined && text(held) !== text(membership))
      violated('[ST4]', `holds ${text(held)} instead of ${text(membership)}`);
  }
  for (const stream of view.memberships.keys()) {
    const inOrder = (all: readonly ScheduledMessage[]) =>
      text(all.filter(({ conversation }) => conversation === stream).toSorted((a, b) => (a.id < b.id ? -1 : 1)));
    const held = inOrder(await store.scheduled(stream));
    if (held !== inOrder(view.scheduled))
      violated('[SM1]', `holds the scheduled messages ${held} instead of ${inOrder(view.scheduled)}`);
  }
  for (const message of view.scheduled)
    if (message.isLeaving === true) violated('[SM3]', `is not told what became of ${text(message)}`);
  for (const [stream, { records, messages }] of view.conversations) {
    const row = rows.get(stream);
    if (row === undefined) {
      violated('[ST4]', `lacks ${stream}`);
      continue;
    }
    const conversation = records.find((record) => record.type === 'conversation');
    if (text(row.record) !== text(conversation))
      violated('[ST4]', `holds ${text(row.record)} instead of ${text(conversation)}`);
    const members = records.filter((record): record is MemberRecord => record.type === 'member');
    const heldMembers = await store.members(stream);
    if (text(byId(heldMembers)) !== text(byId(members)))
      violated('[ST4]', `holds members ${text(byId(heldMembers))} instead of ${text(byId(members))}`);

    const held = await store.messages(stream, {});
    // The messages that the row claims are there and equal the server's, and messages in gaps are not read as if there were no gap.
    const runs = heldRuns(row);
    const claimed = messages.filter(({ seq }) => isHeld(row, seq));
    if (text(held) !== text(claimed))
      violated(
        '[ST4]',
        `holds in ${stream} ${text(runs)}\n${held.map(text).join('\n')}\ninstead of\n${claimed.map(text).join('\n')}`,
      );
    if (runs.some(([from, to], at) => from > to || from <= (runs[at - 1]?.[1] ?? -1) + 1))
      violated('[CL20]', `has runs in ${stream} that touch: ${text(runs)}`);
    if (row.isWhole && (messages[0]?.seq ?? Infinity) < row.historyStart)
      violated('[VB8]', `takes ${row.historyStart} for the beginning of ${stream}`);
    if (messages.length > 0 && row.historyStart === 0) violated('[ST4]', `holds no message of ${stream}`);

    const readSeq = view.memberships.get(stream)?.readSeq ?? 0;
    const unread = messages.filter(
      (message) =>
        message.seq > readSeq &&
        countsAsUnread(message, userId) &&
        (isDirect(stream) || !blocked.includes(message.senderId)),
    );
    const exact = unread.length;
    const bound = Math.max(0, (messages.at(-1)?.seq ?? 0) - readSeq);
    const isWhole = row.isWhole || row.historyStart <= readSeq + 1;
    if (row.unread !== (isWhole ? exact : bound))
      violated('[RD4]', `${row.unread} unread in ${stream}, not ${isWhole ? exact : bound}`);
    const mentioned = unread.filter((message) => message.mentions.includes(userId) && isHeld(row, message.seq));
    if (text(row.mentioned ?? []) !== text(mentioned.map(({ seq }) => seq)))
      violated(
        '[RD5]',
        `mentions at ${text(row.mentioned)} of ${stream}, not at ${text(mentioned.map(({ seq }) => seq))}`,
      );
  }

  const seqOf = new Map<string, number>();
  for (const { messages } of view.conversations.values()) for (const { id, seq } of messages) seqOf.set(id, seq);
  const last = new Map<ConversationId, { seq: number; text: string }>();
  for (const { id, stream, text: words, mentions } of device.sent) {
    const seq = seqOf.get(id);
    const isRemoved = removed.has(`${stream} ${userId}`);
    if (seq === undefined && !failed.has(id) && !isRemoved) violated('[CL1]', `“${words}” is lost`);
    const isOfGone = mentions.some((one) => removed.has(`${stream} ${one}`));
    if (failed.has(id) && !isRemoved && !isOfGone)
      violated('[ER2]', `“${words}” failed: ${text(failed.get(id)?.error)}`);
    if (seq !== undefined && failed.has(id)) violated('[ER2]', `“${words}” is sent but shown as failed`);
    if (seq === undefined) continue;
    const before = last.get(stream);
    if (before !== undefined && before.seq >= seq) violated('[ST5]', `“${words}” comes before “${before.text}”`);
    last.set(stream, { seq, text: words });
  }
  return violations;
}

/** Every text must be at one place only, in the views of all people together. */
export function duplicateViolations(views: readonly ServerView[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const { conversations } of views)
    for (const [stream, { messages }] of conversations)
      for (const message of messages) {
        if (message.event !== undefined || message.editedAt !== undefined || message.deletedAt !== undefined) continue;
        const at = places.get(message.text) ?? new Set();
        places.set(message.text, at.add(`${stream} ${message.seq}`));
      }
  return [...places].flatMap(([words, at]) => (at.size > 1 ? [`[AP2] “${words}” is at ${[...at].join(' and ')}`] : []));
}
