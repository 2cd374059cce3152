import { createElement, Suspense } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { importWithRetry, lazyComponent } from './lazy-component.ts';

test.each([
  ['a module that throws while it is evaluated', new TypeError("Cannot read properties of undefined (reading 'of')")],
  ['a module that throws something that is not an Error', 'broken'],
])('[S5] %s is a defect: the import is rejected at once and not retried', async (_what, thrown) => {
  const load = vi.fn<() => Promise<unknown>>().mockRejectedValue(thrown);
  await expect(importWithRetry(load)).rejects.toBe(thrown);
  expect(load).toHaveBeenCalledTimes(1);
});

test('a component that was fetched before is drawn at once, without its fallback', async () => {
  const Lazy = lazyComponent(async () => ({ default: ({ name }: { name: string }) => `Hello ${name}` }));
  const drawn = () =>
    renderToStaticMarkup(createElement(Suspense, { fallback: 'Loading' }, createElement(Lazy, { name: 'Ann' })));
  expect(drawn()).toBe('Loading');
  await Lazy.fetch();
  expect(drawn()).toBe('Hello Ann');
});
