import type { ConversationId, OpId } from '#protocol/ids.ts';
import type { Changes } from '#protocol/live.ts';
import type { Op } from '#protocol/op.ts';
import { countsAsUnread, type KnownRecord, type MembershipRecord, type MessageRecord } from '#protocol/record.ts';
import type { HistoryAnswer, OpResult, PullAnswer, StreamPage } from '#protocol/verbs.ts';
import { accepted, ann, at, bob, conversation, member, membership, message, nextId, own } from './records.fixture.ts';

const WINDOW = 5;

interface State {
  /** By entity; each is in the feed once, at its latest rev. [ST1] */
  feed: Map<string, KnownRecord>;
  mine: MembershipRecord;
  rev: number;
  seq: number;
  answered: Map<OpId, OpResult>;
}

/** The simplest server that keeps the contract: one conversation and its reader's personal stream. */
export class ModelServer {
  epoch = 'life 0';
  readonly stream: ConversationId;
  private state: State;
  private lives = 0;

  constructor(stream: ConversationId) {
    this.stream = stream;
    const frame = [conversation(stream), member(stream, ann), member(stream, bob)];
    const feed = new Map<string, KnownRecord>(frame.map((record) => [record.id, record]));
    this.state = { feed, mine: membership(stream), rev: 3, seq: 0, answered: new Map() };
  }

  messages(): MessageRecord[] {
    const all = [...this.state.feed.values()].filter((record) => record.type === 'message');
    return all.toSorted((a, b) => a.seq - b.seq);
  }

  /** The heads of the streams. */
  heads() {
    return { [own]: this.state.mine.rev, [this.stream]: this.state.rev };
  }

  unread(): number {
    return this.messages().filter((one) => one.seq > this.state.mine.readSeq && countsAsUnread(one, ann)).length;
  }

  readSeq(): number {
    return this.state.mine.readSeq;
  }

  send(sender: typeof ann, id = nextId(), text = 'text'): Changes {
    const seq = (this.state.seq += 1);
    return this.put(message(this.stream, seq, { id, senderId: sender, text, createdAt: at(seq), sentAt: at(seq) }));
  }

  edit(id: OpId, text: string): Changes {
    return this.change(id, (old) => ({ ...old, text, editedAt: at(this.state.rev) }));
  }

  remove(id: OpId): Changes {
    return this.change(id, (old) => ({ ...old, text: '', deletedAt: at(this.state.rev) }));
  }

  mark(readSeq: number): Changes {
    const { mine, seq } = this.state;
    const rev = mine.rev + 1;
    this.state.mine = { ...mine, rev, readSeq: Math.max(mine.readSeq, Math.min(readSeq, seq)) };
    return { stream: own, prev: mine.rev, cursor: rev, records: [this.state.mine] };
  }

  /** The answer to an op, which is always the same, and the changes that its first copy makes. [AP2] [AP3] */
  take(op: Op): { result: OpResult; changes: Changes[] } {
    const known = this.state.answered.get(op.id);
    if (known !== undefined) return { result: known, changes: [] };
    const changes = this.effect(op);
    const [main] = changes;
    if (main === undefined)
      return { result: { id: op.id, ok: false, error: { code: 'conflict', message: 'gone' } }, changes };
    const result = accepted(op, main.cursor, op.kind === 'message.send' ? this.state.seq : undefined);
    this.state.answered.set(op.id, result);
    return { result, changes };
  }

  pull(epoch: string | undefined, cursors: Record<string, number>): PullAnswer {
    const isOther = epoch !== undefined && epoch !== this.epoch;
    const { mine, rev } = this.state;
    const streams: StreamPage[] = [];
    const ownCursor = isOther ? 0 : (cursors[own] ?? 0);
    if (ownCursor !== mine.rev || isOther)
      streams.push({
        stream: own,
        records: [mine],
        cursor: mine.rev,
        more: false,
        ...(isOther || ownCursor > mine.rev ? { reset: true } : {}),
      });
    const held = isOther ? undefined : cursors[this.stream];
    if (held !== rev)
      streams.push(held === undefined || held > rev ? this.window(isOther || held !== undefined) : this.page(held));
    return { epoch: this.epoch, streams, more: streams.some((page) => page.more) };
  }

  /** The page for a client that was away too long: only the newest messages. [VB6] */
  window(isReset: boolean): StreamPage {
    const frame = [...this.state.feed.values()].filter((record) => record.type !== 'message');
    const records = [...frame, ...this.messages().slice(-WINDOW)].toSorted((a, b) => a.rev - b.rev);
    return { stream: this.stream, records, cursor: this.state.rev, more: false, ...(isReset ? { reset: true } : {}) };
  }

  history(before: number | undefined): HistoryAnswer {
    const earlier = this.messages().filter((one) => before === undefined || one.seq < before);
    return { stream: this.stream, records: earlier.slice(-WINDOW), more: earlier.length > WINDOW };
  }

  snapshot(): State {
    return structuredClone(this.state);
  }

  /** Restores a backup, which starts a new epoch. */
  restore(from: State): void {
    this.state = structuredClone(from);
    this.epoch = `life ${(this.lives += 1)}`;
  }

  private page(after: number): StreamPage {
    const later = [...this.state.feed.values()].filter((one) => one.rev > after).toSorted((a, b) => a.rev - b.rev);
    const records = later.slice(0, WINDOW);
    const more = later.length > WINDOW;
    return { stream: this.stream, records, cursor: more ? (records.at(-1)?.rev ?? 0) : this.state.rev, more };
  }

  private effect(op: Op): Changes[] {
    if (op.kind === 'message.send') return [this.send(ann, op.id, op.text ?? '')];
    if (op.kind === 'receipt.mark') return [this.mark(op.readSeq ?? 0)];
    if (op.kind !== 'message.edit' && op.kind !== 'message.delete') return [];
    const target = this.state.feed.get(op.messageId);
    if (target?.type !== 'message') return [];
    if (op.kind === 'message.delete') return [this.remove(op.messageId)];
    return target.deletedAt === undefined ? [this.edit(op.messageId, op.text)] : [];
  }

  private change(id: OpId, to: (old: MessageRecord) => MessageRecord): Changes {
    const old = this.state.feed.get(id);
    if (old?.type !== 'message') throw new Error('no such message');
    return this.put(to(old));
  }

  private put(record: MessageRecord): Changes {
    const prev = this.state.rev;
    this.state.rev += 1;
    const at = { ...record, rev: this.state.rev };
    this.state.feed.set(at.id, at);
    return { stream: this.stream, prev, cursor: at.rev, records: [at] };
  }
}
