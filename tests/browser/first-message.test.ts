import { expect, test } from 'vitest';
import { directStream, type UserId } from '#protocol/ids.ts';
import { entry, expectTexts, message, openChat, signUp, startDirect, write } from './browser.fixture.ts';
import { newId, push, sendOp, userIdOf } from './device.fixture.ts';
import { setOwnStage } from './stage.fixture.ts';

const stage = setOwnStage();

test('[LV3] [RD2] two people sign up and start a direct chat; messages arrive live both ways and show their delivery state', async () => {
  const ann = await stage.visitor('Ann Arbor');
  await ann.page.clock.install();
  await signUp(ann);
  // The first person on a server is told that they are alone, and sees new people without doing anything.
  await ann.page.getByRole('button', { name: 'New chat' }).filter({ visible: true }).first().click();
  await ann.page.getByText('Nobody else is here yet').waitFor();
  const bob = await stage.signedUp('Bob Burns');
  await ann.page.clock.fastForward(20_000);
  await ann.page.getByRole('list', { name: 'People' }).getByRole('button', { name: 'Bob Burns' }).waitFor();
  await startDirect(ann, 'Bob Burns');
  await write(ann.page, 'Hello Bob');
  await message(ann.page, 'Hello Bob', 'Sent|Delivered').waitFor();

  await entry(bob.page, 'Ann Arbor').getByText('1 unread message').waitFor();
  await message(ann.page, 'Hello Bob', 'Delivered').waitFor();
  await openChat(bob.page, 'Ann Arbor');
  await expectTexts(bob.page, ['Hello Bob']);
  await message(ann.page, 'Hello Bob', 'Read').waitFor();
  await entry(bob.page, 'Ann Arbor').getByText('unread').waitFor({ state: 'detached' });

  await write(bob.page, 'Hello Ann');
  await write(bob.page, 'How are you?');
  await expectTexts(ann.page, ['Hello Bob', 'Hello Ann', 'How are you?']);
  await write(ann.page, 'Fine');
  await expectTexts(bob.page, ['Hello Bob', 'Hello Ann', 'How are you?', 'Fine']);

  // Another device may send the first message a while after it has created the chat, and nothing is said until it arrives.
  const eve = await stage.account('Eve Evans');
  const [eveId, bobId] = [await userIdOf(eve), await userIdOf(bob)];
  const stream = directStream(eveId as UserId, bobId as UserId);
  await push(eve, [{ id: newId(), stream, kind: 'conversation.create', memberIds: [bobId] }]);
  const begun = entry(bob.page, 'Eve Evans').locator('[id$="-line"]');
  expect(await begun.textContent()).toBe('');
  await push(eve, [sendOp(stream, 'Hello from Eve')]);
  await expect.poll(() => begun.textContent()).toBe('Hello from Eve');
  expect(stage.complaints()).toEqual([]);
});
