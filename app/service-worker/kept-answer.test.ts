import { expect, test } from 'vitest';
import { keptAnswer } from './kept-answer.ts';

const file = { content: new Blob(['0123456789']), mime: 'video/mp4', disposition: 'inline; filename="a.mp4"' };

test('[CL18] a kept file is answered in whole or in part, with the headers of the server', async () => {
  const whole = keptAnswer(file, undefined);
  expect([whole.status, await whole.text()]).toEqual([200, '0123456789']);
  const part = keptAnswer(file, 'bytes=2-4');
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234']);
  const end = keptAnswer(file, 'bytes=7-');
  expect([end.headers.get('content-length'), await end.text()]).toEqual(['3', '789']);
  const outside = keptAnswer(file, 'bytes=10-');
  expect([outside.status, outside.headers.get('content-range')]).toEqual([416, 'bytes */10']);
  expect(
    ['content-security-policy', 'x-content-type-options', 'content-type'].map((name) => whole.headers.get(name)),
  ).toEqual(["default-src 'none'; sandbox", 'nosniff', 'video/mp4']);
});
