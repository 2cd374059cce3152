import { expect, test } from 'vitest';
import {
  type Visitor,
  conversation,
  createGroup,
  entry,
  expectTexts,
  message,
  openChat,
  startDirect,
  write,
} from './browser.fixture.ts';
import { storedTexts, streamOf } from './device.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

const stage = setStage();

async function goOffline({ context }: Visitor): Promise<void> {
  stage.link.cut();
  await context.setOffline(true);
}

async function goOnline({ context }: Visitor): Promise<void> {
  stage.link.mend();
  await context.setOffline(false);
}

test('[CL1] [S1] [ask 3] [ask 4] [ask 8] messages written offline, in two chats and a new group, survive a reload and are sent automatically, in order and once', async () => {
  const ann = await stage.signedUp('Ann Arbor', { ...WITH_WORKER, over: stage.link });
  const bob = await stage.signedUp('Bob Burns');
  const eve = await stage.account('Eve Evans');
  await startDirect(ann, 'Bob Burns');
  await write(ann.page, 'before');
  await message(ann.page, 'before', 'Sent|Delivered').waitFor();
  await startDirect(ann, 'Eve Evans');
  await write(ann.page, 'hello Eve');
  await message(ann.page, 'hello Eve', 'Sent|Delivered').waitFor();
  const withEve = streamOf(ann.page);
  await workerReady(ann);

  await goOffline(ann);
  await ann.page
    .getByText(/^Offline since/)
    .first()
    .waitFor();
  await openChat(ann.page, 'Bob Burns');
  for (const text of ['one', 'two', 'three']) await write(ann.page, text);
  await openChat(ann.page, 'Eve Evans');
  for (const text of ['four', 'five']) await write(ann.page, text);
  await createGroup(ann, 'Lighthouse', 'Bob Burns', 'Eve Evans');
  await write(ann.page, 'first in the group');
  await write(ann.page, 'second in the group');

  await ann.page.reload();
  await conversation(ann.page, 'Lighthouse').waitFor();
  await expectTexts(ann.page, ['first in the group', 'second in the group']);
  await message(ann.page, 'second in the group', 'Waiting').waitFor();
  await openChat(ann.page, 'Bob Burns');
  await expectTexts(ann.page, ['before', 'one', 'two', 'three']);
  for (const text of ['one', 'two', 'three']) await message(ann.page, text, 'Waiting').waitFor();
  await ann.page.getByText('7 messages will be sent once you’re connected').waitFor();

  await goOnline(ann);
  await message(ann.page, 'three', 'Sent|Delivered').waitFor();
  await openChat(bob.page, 'Ann Arbor');
  await expectTexts(bob.page, ['before', 'one', 'two', 'three']);
  await openChat(bob.page, 'Lighthouse');
  await expectTexts(bob.page, ['first in the group', 'second in the group']);
  expect(await storedTexts(eve, withEve)).toEqual(['hello Eve', 'four', 'five']);
  // None is sent again: the next message is the only new one.
  await write(ann.page, 'after');
  await openChat(bob.page, 'Ann Arbor');
  await expectTexts(bob.page, ['before', 'one', 'two', 'three', 'after']);
  expect(await entry(ann.page, 'Lighthouse').count()).toBe(1);
  expect(stage.complaints()).toEqual([]);
});
