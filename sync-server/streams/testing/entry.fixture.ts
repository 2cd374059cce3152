import type { StreamId, UserId } from '#protocol/ids.ts';
import type { Entry } from '#server/streams/entry.ts';
import { nextId } from './op.fixture.ts';

/** A message's first version, made by an op of its own. */
export function messageEntry(stream: StreamId, rev: number, seq = rev, more: Partial<Entry> = {}): Entry {
  const id = more.id ?? nextId();
  return {
    _id: id,
    stream,
    rev,
    user: 'ann' as UserId,
    part: 1,
    partCount: 1,
    type: 'message',
    id,
    seq,
    isFirst: true,
    current: true,
    storedAt: 5,
    body: `{"seq":${seq}}`,
    ...more,
  };
}
