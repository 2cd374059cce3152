import { expect, test } from 'vitest';
import type { MediaId } from '#protocol/ids.ts';
import type { AttachmentKind, MessageRecord } from '#protocol/record.ts';
import { clock } from './clock.ts';
import { nextVoice } from './next-voice.ts';

const message = (seq: number, kinds: AttachmentKind[], deletedAt?: string) =>
  ({
    seq,
    attachments: kinds.map((kind) => ({ mediaId: `${kind}-${seq}` as MediaId, kind, name: kind, mime: '', size: 1 })),
    ...(deletedAt === undefined ? {} : { deletedAt }),
  }) as MessageRecord;

test('the next voice message follows, past texts, other files and deleted ones', () => {
  const gone = message(4, ['voice'], '2026-01-01T00:00:00.000Z');
  expect(nextVoice([message(3, []), gone, message(5, ['audio']), message(6, ['voice'])])?.message.seq).toBe(6);
  expect(nextVoice([message(3, ['image'])])).toBeUndefined();
});

test('the time within a recording has hours only where there are some', () => {
  expect([0, 7_400, 59_600, 750_000, 3_723_000].map(clock)).toEqual(['0:00', '0:07', '1:00', '12:30', '1:02:03']);
});
