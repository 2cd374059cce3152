import { expect, test } from 'vitest';
import { entry, expectTexts, message, openChat, startDirect, write } from './browser.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

test('[LV3] [RD2] two people sign up and start a direct chat; messages arrive live both ways and show their delivery state', async () => {
  const ann = await stage.signedUp('Ann Arbor');
  const bob = await stage.signedUp('Bob Burns');
  await startDirect(ann, 'Bob Burns');
  await write(ann.page, 'Hello Bob');
  await message(ann.page, 'Hello Bob', 'Sent|Delivered').waitFor();

  await entry(bob.page, 'Ann Arbor').getByText('1 unread message').waitFor();
  await message(ann.page, 'Hello Bob', 'Delivered').waitFor();
  await openChat(bob.page, 'Ann Arbor');
  await expectTexts(bob.page, ['Hello Bob']);
  await message(ann.page, 'Hello Bob', 'Read').waitFor();
  expect(await entry(bob.page, 'Ann Arbor').getByText('unread').count()).toBe(0);

  await write(bob.page, 'Hello Ann');
  await write(bob.page, 'How are you?');
  await expectTexts(ann.page, ['Hello Bob', 'Hello Ann', 'How are you?']);
  await write(ann.page, 'Fine');
  await expectTexts(bob.page, ['Hello Bob', 'Hello Ann', 'How are you?', 'Fine']);
  expect(stage.complaints()).toEqual([]);
});
