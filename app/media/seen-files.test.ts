import { expect, test } from 'vitest';
import type { ConversationId, MediaId, OpId } from '#protocol/ids.ts';
import type { AttachmentKind, MessageRecord } from '#protocol/record.ts';
import { placeIn, seenFiles } from './seen-files.ts';

const stream = 'd:ann.bob' as ConversationId;
const message = (seq: number, kinds: AttachmentKind[], deletedAt?: string) =>
  ({
    id: `m${seq}` as OpId,
    seq,
    attachments: kinds.map((kind, at) => ({ mediaId: `${kind}${at}` as MediaId, kind, name: '', mime: '', size: 1 })),
    ...(deletedAt === undefined ? {} : { deletedAt }),
  }) as MessageRecord;

test('pictures and films are looked through in the order of their messages, without files and deleted messages', () => {
  const files = seenFiles(stream, [
    message(1, ['image', 'document', 'image']),
    message(2, ['image'], '2026-01-01T00:00:00.000Z'),
    message(3, ['voice', 'video']),
    message(4, ['image']),
  ]);
  expect(files.map(({ seq, file }) => `${seq} ${file.mediaId}`)).toEqual([
    '1 image0',
    '1 image2',
    '3 video1',
    '4 image0',
  ]);
  const [first, , , last] = files;
  // A forwarded picture has the same file.
  expect([first, last].map((each) => each && placeIn(files, each))).toEqual([0, 3]);
});
