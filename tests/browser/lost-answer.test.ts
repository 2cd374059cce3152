import { expect, test } from 'vitest';
import { expectTexts, message, openChat, startDirect, write } from './browser.fixture.ts';
import { chooseFromMenu } from './expectations.fixture.ts';
import { setOwnStage } from './stage.fixture.ts';

const stage = setOwnStage();

test('[REL-03] [AP1] [AP2] [AP3] [ask 5] if the server is killed between commit and answer, the message is stored exactly once', async () => {
  const ann = await stage.signedUp('Ann Arbor', { over: stage.link });
  const bob = await stage.signedUp('Bob Burns');
  await startDirect(ann, 'Bob Burns');
  await write(ann.page, 'before');
  await message(ann.page, 'before', 'Sent|Delivered').waitFor();
  await openChat(bob.page, 'Ann Arbor');
  await message(ann.page, 'before', 'Read').waitFor();

  // The link holds back Ann's answers. Bob sees the message, so it is committed: now the server is killed.
  stage.link.holdAnswers();
  await write(ann.page, 'exactly once');
  await expectTexts(bob.page, ['before', 'exactly once']);
  await message(ann.page, 'exactly once', 'Waiting|Sending').waitFor();
  await stage.server.end('SIGKILL');
  stage.link.dropHeld();
  await stage.server.start();

  await message(ann.page, 'exactly once', 'Sent|Delivered|Read').waitFor();
  // How it went is still known.
  await chooseFromMenu(message(ann.page, 'exactly once'), 'Info');
  const info = ann.page.getByRole('dialog', { name: 'Message details' });
  await info.getByRole('listitem').filter({ hasText: 'Attempt 1' }).getByText('No answer').waitFor();
  await info.getByRole('button', { name: 'Close' }).click();
  await write(ann.page, 'after');
  await message(ann.page, 'after', 'Sent|Delivered|Read').waitFor();
  await expectTexts(ann.page, ['before', 'exactly once', 'after']);
  await expectTexts(bob.page, ['before', 'exactly once', 'after']);
  const stored = await bob.page.request.post('/api/sync/history', {
    data: { stream: `d:${ann.page.url().split('/').slice(-2).join('.')}` },
  });
  const { records } = (await stored.json()) as { records: { text: string; seq: number }[] };
  expect(records.map(({ text, seq }) => [seq, text])).toEqual([
    [1, 'before'],
    [2, 'exactly once'],
    [3, 'after'],
  ]);
});
