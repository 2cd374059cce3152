import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checker, withFiles } from './checked-folder.fixture.ts';

describe('weight of the first load', async () => {
  const { checkBudget, firstLoad } = await checker<{
    checkBudget: (dist: string, limitKib?: number) => string[];
    firstLoad: (dist: string) => Map<string, number>;
  }>('check-budget');
  // 1 KiB that can't be compressed.
  const heavy = createHash('shake256', { outputLength: 768 }).update('a').digest('base64');
  const built = {
    'index.html': `<link rel="stylesheet" href="/a.css"><link rel="modulepreload" href="/assets/c.js"><script type="module" src="/assets/a.js"></script>`,
    'assets/a.js': `import{x}from"./b.js";const later=()=>import("./later.js");`,
    'assets/b.js': '/* b */',
    'assets/c.js': '/* c */',
    'assets/later.js': `/*${heavy}*/`,
  };

  it('weighs what the page names, preloads and imports statically, but nothing lazy', () => {
    expect([...withFiles(built, firstLoad).keys()].toSorted()).toEqual(['assets/a.js', 'assets/b.js', 'assets/c.js']);
  });

  it('refuses a first load above the budget and names its parts', () => {
    const wrong = withFiles({ ...built, 'assets/b.js': `/*${heavy}*/` }, (dist) => checkBudget(dist, 0.5));
    expect(wrong[0]).toContain('the budget is 0.5 KiB');
    expect(wrong[1]).toContain('assets/b.js');
    expect(withFiles(built, (dist) => checkBudget(dist, 0.5))).toEqual([]);
  });

  it('refuses a folder without an app and a page without a script', () => {
    expect(withFiles({}, (dist) => checkBudget(join(dist, 'app')))).toHaveLength(1);
    expect(withFiles({ 'index.html': '<p>' }, (dist) => checkBudget(dist))).toEqual(['the page names no script']);
  });
});
