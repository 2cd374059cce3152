import { expect, test } from 'vitest';
import { PLAIN_HOST, expectTexts, message, openVisitor, signUp, startDirect, write } from './browser.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

test('[CL5] over plain http from another machine, where a browser offers neither locks nor a service worker, people can chat', async () => {
  const bob = await stage.signedUp('Bob Burns');
  const origin = stage.server.origin.replace('localhost', PLAIN_HOST);
  const ann = await openVisitor(stage.browser, origin, 'Ann Arbor');
  try {
    await signUp(ann);
    expect(await ann.page.evaluate(() => [isSecureContext, 'locks' in navigator])).toEqual([false, false]);
    await startDirect(ann, bob.name);
    await write(ann.page, 'from the next room');
    await message(ann.page, 'from the next room', 'Sent|Delivered').waitFor();
    await startDirect(bob, ann.name);
    await write(bob.page, 'heard');
    await expectTexts(ann.page, ['from the next room', 'heard']);
    // The browser reports that a header is ignored without https.
    const complaints = [...ann.complaints, ...stage.complaints()].filter(
      (complaint) => !complaint.includes('Opener-Policy'),
    );
    expect(complaints).toEqual([]);
  } finally {
    await ann.context.close();
  }
});
