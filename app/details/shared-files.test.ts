import { expect, test } from 'vitest';
import type { ConversationId, MediaId, OpId } from '#protocol/ids.ts';
import type { AttachmentKind, MessageRecord } from '#protocol/record.ts';
import { sharedIn } from './shared-files.ts';

const stream = 'd:ann.bob' as ConversationId;
const message = (seq: number, text: string, kinds: AttachmentKind[] = [], deletedAt?: string) =>
  ({
    id: `m${seq}` as OpId,
    seq,
    text,
    attachments: kinds.map((kind) => ({ mediaId: `${kind}${seq}` as MediaId, kind, name: '', mime: '', size: 1 })),
    ...(deletedAt === undefined ? {} : { deletedAt }),
  }) as MessageRecord;

test('media, files and links of a chat are listed with the newest first, and nothing of deleted messages', () => {
  const { seen, files, links } = sharedIn(stream, [
    message(1, 'See https://a.example/x and b.example', ['image', 'document']),
    message(2, 'https://gone.example', ['image'], '2026-01-01T00:00:00.000Z'),
    message(3, 'Again: https://a.example/x', ['voice', 'video']),
  ]);
  expect(seen.map(({ file }) => file.mediaId)).toEqual(['video3', 'image1']);
  expect(files.map(({ file }) => file.mediaId)).toEqual(['voice3', 'document1']);
  expect(links.map(({ href, messageId }) => `${messageId} ${href}`)).toEqual([
    'm3 https://a.example/x',
    'm1 https://b.example/',
  ]);
});
