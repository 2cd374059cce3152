import { afterEach, expect, it, vi } from 'vitest';
import { fetchAhead } from './fetch-ahead.ts';

afterEach(() => vi.unstubAllGlobals());

it('[S1] fetches every file once and completely, four at a time, even if one of them fails', async () => {
  const asked: string[] = [];
  const answers: ((answer: Response | Error) => void)[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    return new Promise((resolve, reject) => {
      answers.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    });
  });
  const urls = Array.from({ length: 6 }, (_, at) => `assets/${at}.js`);
  let isDone = false;
  const fetched = fetchAhead(urls).then(() => (isDone = true));
  await expect.poll(() => asked).toEqual(urls.slice(0, 4));
  answers[0]?.(new TypeError('the connection was cut'));
  await expect.poll(() => asked).toEqual(urls.slice(0, 5));
  // A file whose body is still arriving keeps its slot.
  let end = () => {};
  answers[1]?.(new Response(new ReadableStream({ start: (body) => void (end = () => body.close()) })));
  await new Promise((resolve) => setTimeout(resolve));
  expect(asked).toHaveLength(5);
  end();
  await expect.poll(() => asked).toEqual(urls);
  expect(isDone).toBe(false);
  for (const answer of answers.slice(2)) answer(new Response('code'));
  await fetched;
});
