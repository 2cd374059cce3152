import { expect, test } from 'vitest';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import { filesOf, type PollForm } from './files.ts';
import { forgetUnsent } from './forget-unsent.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';
import { endPoll, keepPoll, onKeptPoll } from './unsent-polls.ts';
import { endRecording, keepSound, keptRecording } from './unsent-recordings.ts';
import { endReply, keepReply, onKeptReply } from './unsent-replies.ts';
import { endSheet, keepSheet, keptSheet } from './unsent-sheets.ts';

startFakeIndexedDb();

const files = filesOf('writer' as UserId);
const [here, elsewhere] = ['d:ann.me', 'd:bob.me'] as [ConversationId, ConversationId];

test('a sheet is kept with its order, text and time, only new files are written, and ending it does not affect other chats', async () => {
  const [one, two] = ['one', 'two'].map((id) => ({ id, file: new File([id], `${id}.txt`) }));
  if (one === undefined || two === undefined) throw new Error('two files');
  const when = { date: '2026-11-30', time: '09:00' };
  await keepSheet(files, here, { picked: [one, two], caption: '', asFiles: false });
  await keepSheet(files, elsewhere, { picked: [{ ...one, id: 'other' }], caption: '', asFiles: false });
  await keepSheet(files, here, { picked: [two, one], caption: 'Look', asFiles: true, when });
  const kept = await keptSheet(files, here);
  expect({ ...kept, picked: kept?.picked.map(({ id }) => id) }).toEqual({
    picked: ['two', 'one'],
    caption: 'Look',
    asFiles: true,
    when,
  });
  await keepSheet(files, here, { picked: [one], caption: 'Look', asFiles: true });
  expect((await keptSheet(files, here))?.picked).toHaveLength(1);
  await endSheet(files, here);
  expect([await keptSheet(files, here), (await keptSheet(files, elsewhere))?.picked.length]).toEqual([undefined, 1]);
});

test('a recording is kept piece by piece in order, and ending it does not affect another chat', async () => {
  const facts = (durationMs: number) => ({ mime: 'audio/mp4', durationMs, waveform: '' });
  for (const [at, stream] of [here, elsewhere, here, here].entries())
    await keepSound(files, stream, new Blob(['x'.repeat(at + 1)]), facts(1_000 * (at + 1)));
  const kept = await keptRecording(files, here);
  expect([kept?.durationMs, kept?.pieces.length]).toEqual([4_000, 3]);
  await endRecording(files, here);
  expect([await keptRecording(files, here), (await keptRecording(files, elsewhere))?.pieces.length]).toEqual([
    undefined,
    1,
  ]);
});

test('a poll is kept until it is emptied or ended, and every change is reported', async () => {
  const form = (question: string): PollForm => ({
    question,
    fields: [{ key: 0, text: '' }],
    isMultiple: true,
    isAnonymous: false,
  });
  const questions: (string | undefined)[] = [];
  const stop = onKeptPoll(files, here, (kept) => questions.push(kept?.question));
  await expect.poll(() => questions).toEqual([undefined]);
  await keepPoll(files, elsewhere, form('Where?'));
  await keepPoll(files, here, form('When?'));
  await expect.poll(() => questions.at(-1)).toBe('When?');
  await keepPoll(files, here, form(' '));
  await expect.poll(() => questions.at(-1)).toBeUndefined();
  await keepPoll(files, here, form('Who?'));
  await expect.poll(() => questions.at(-1)).toBe('Who?');
  await endPoll(files, here);
  await expect.poll(() => questions.at(-1)).toBeUndefined();
  stop();
  expect((await files.unsent.polls.toArray()).map(({ question }) => question)).toEqual(['Where?']);
});

test('the message that is being replied to is kept for its chat until the reply ends, and every change is reported', async () => {
  const [first, second, other] = ['first', 'second', 'other'] as [OpId, OpId, OpId];
  const reported: (OpId | undefined)[] = [];
  const stop = onKeptReply(files, here, (to) => reported.push(to));
  await expect.poll(() => reported).toEqual([undefined]);
  await keepReply(files, elsewhere, other);
  await keepReply(files, here, first);
  await expect.poll(() => reported.at(-1)).toBe(first);
  await keepReply(files, here, second);
  await expect.poll(() => reported.at(-1)).toBe(second);
  await endReply(files, here);
  await expect.poll(() => reported.at(-1)).toBeUndefined();
  stop();
  expect((await files.unsent.replies.toArray()).map(({ to }) => to)).toEqual([other]);
});

test('nothing unsent is kept of a chat that is removed from the device, and other chats keep theirs', async () => {
  const [gone, kept] = ['g:gone', 'g:kept'] as [ConversationId, ConversationId];
  const form: PollForm = { question: 'When?', fields: [], isMultiple: false, isAnonymous: false };
  for (const stream of [gone, kept]) {
    await keepSheet(files, stream, {
      picked: [{ id: stream, file: new File(['x'], 'x.txt') }],
      caption: '',
      asFiles: true,
    });
    await keepSound(files, stream, new Blob(['x']), { mime: 'audio/mp4', durationMs: 1_000, waveform: '' });
    await keepPoll(files, stream, form);
    await keepReply(files, stream, 'first' as OpId);
  }
  const { sheets, picked, recordings, sounds, polls, replies } = files.unsent;
  const streams = async () => {
    const rows = await Promise.all([sheets, picked, recordings, sounds, polls, replies].map((each) => each.toArray()));
    return rows.map((all) => all.map(({ stream }) => stream).filter((stream) => stream === gone || stream === kept));
  };
  const each = (...wanted: ConversationId[]) => Array.from({ length: 6 }, () => wanted);
  expect((await streams()).map((all) => all.toSorted())).toEqual(each(gone, kept));
  await forgetUnsent(files, gone);
  expect(await streams()).toEqual(each(kept));
});
