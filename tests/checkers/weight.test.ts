import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checker, withFiles } from './checked-folder.fixture.ts';

describe('weight of the first load', async () => {
  const { checkBudget, firstLoad } = await checker<{
    checkBudget: (dist: string, budgets?: { screen: string; chunks: string[]; limitKib: number }[]) => string[];
    firstLoad: (dist: string, chunks?: string[]) => Map<string, number>;
  }>('check-budget');
  // 1 KiB that can't be compressed.
  const heavy = createHash('shake256', { outputLength: 768 }).update('a').digest('base64');
  const built = {
    'index.html': `<link rel="stylesheet" href="/a.css"><link rel="modulepreload" href="/assets/c.js"><script type="module" src="/assets/a.js"></script>`,
    'assets/a.js': `import{x}from"./b.js";const later=()=>import("./Later-1.js");`,
    'assets/b.js': '/* b */',
    'assets/c.js': '/* c */',
    'assets/Later-1.js': `import{y}from"./c.js";/*${heavy}*/`,
  };
  const budgets = [
    { screen: 'the first screen', chunks: [], limitKib: 0.5 },
    { screen: 'the second screen', chunks: ['Later'], limitKib: 2 },
  ];

  it('weighs what the page names, preloads and imports statically, but nothing lazy', () => {
    expect([...withFiles(built, firstLoad).keys()].toSorted()).toEqual(['assets/a.js', 'assets/b.js', 'assets/c.js']);
  });

  it('adds the lazy chunks that a screen waits for', () => {
    const found = withFiles(built, (dist) => [...firstLoad(dist, ['Later']).keys()]);
    expect(found.toSorted()).toEqual(['assets/Later-1.js', 'assets/a.js', 'assets/b.js', 'assets/c.js']);
    expect(() => withFiles(built, (dist) => firstLoad(dist, ['Never']))).toThrow('no chunk of Never');
  });

  it('refuses a first load above the budget and names its parts', () => {
    const wrong = withFiles({ ...built, 'assets/b.js': `/*${heavy}*/` }, (dist) => checkBudget(dist, budgets));
    expect(wrong[0]).toContain('the first screen');
    expect(wrong[0]).toContain('the budget is 0.5 KiB');
    expect(wrong[1]).toContain('assets/b.js');
    expect(withFiles(built, (dist) => checkBudget(dist, budgets))).toEqual([]);
    const tight = [{ screen: 'the second screen', chunks: ['Later'], limitKib: 0.5 }];
    expect(withFiles(built, (dist) => checkBudget(dist, tight))[0]).toContain('the second screen');
  });

  it('refuses a folder without an app and a page without a script', () => {
    expect(withFiles({}, (dist) => checkBudget(join(dist, 'app')))).toHaveLength(1);
    expect(withFiles({ 'index.html': '<p>' }, (dist) => checkBudget(dist, budgets.slice(0, 1)))).toEqual([
      'the page names no script',
    ]);
  });
});
