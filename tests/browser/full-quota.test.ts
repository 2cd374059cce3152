import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { attach } from './attach.fixture.ts';
import { message, openChat, write } from './browser.fixture.ts';
import { DESKTOP, makeGroup } from './seed.fixture.ts';
import { setOwnStage } from './stage.fixture.ts';

const stage = setOwnStage({ MEDIA_MB_PER_PERSON: '1' });

test('[MD9] [CL14] a person with no space left for files is told so, and their texts and smaller files are sent', async () => {
  const ann = await stage.signedUp('Ann Arbor', DESKTOP);
  await makeGroup(ann, 'Attic');
  const { page } = ann;
  await openChat(page, 'Attic');
  const random = (name: string, bytes: number) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: randomBytes(bytes),
  });
  await attach(page, [random('too-much.bin', 1_500_000)], 'Too much');
  await write(page, 'Written after it');
  await message(page, 'Written after it', 'Sent|Delivered|Read').waitFor();
  const refused = message(page, 'Too much', 'Not sent');
  await refused.getByText(/there is no space left for your files on the server/).waitFor();
  // None of it is being sent.
  expect(await refused.getByRole('progressbar').count()).toBe(0);
  await attach(page, [random('little.bin', 20_000)], 'Little enough');
  await message(page, 'Little enough', 'Sent|Delivered|Read').waitFor();
  expect(stage.complaints()).toEqual([]);
});
