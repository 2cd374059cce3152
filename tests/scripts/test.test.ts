import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type runTests, notRun } from '#scripts/test.mjs';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'teamlink-report-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a real run of such files counts. */
function run(files: Record<string, string>, retry = 0): Awaited<ReturnType<typeof runTests>> {
  for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source);
  const report = join(folder, 'report.json');
  const url = new URL('../../scripts/test.mjs', import.meta.url).href;
  const program = `
    import { writeFileSync } from 'node:fs';
    const { runTests } = await import('${url}');
    writeFileSync('${report}', JSON.stringify(await runTests({ root: '${folder}', globals: true, retry: ${String(retry)} })));
    process.exit();`;
  spawnSync(process.execPath, ['--input-type=module', '-e', program]);
  return JSON.parse(readFileSync(report, 'utf8').replaceAll(`${folder}/`, '')) as Awaited<ReturnType<typeof runTests>>;
}

describe('the count of a run of tests', () => {
  it('has a line for everything that failed: tests, set-up, files, and what belongs to no test', () => {
    const report = run({
      'a.test.ts': `it('is built', () => {}); it('has a door', () => { throw new Error('no door\\nat all'); }); it.skip('later', () => {});`,
      'b.test.ts': `import './nowhere.ts';`,
      'c.test.ts': `describe('a house', () => { afterAll(() => { throw new Error('not swept'); }); it('is built', () => {}); });`,
      'd.test.ts': `it('is built', async () => { void Promise.reject(new Error('let go')); await new Promise((done) => setTimeout(done, 50)); });`,
    });
    expect({ ...report, files: report.files.toSorted(), failures: report.failures.toSorted() }).toEqual({
      passed: 3,
      failed: 4,
      files: ['a.test.ts', 'b.test.ts', 'c.test.ts', 'd.test.ts'],
      failures: [
        'a.test.ts > has a door: no door',
        expect.stringMatching(/^b\.test\.ts: .*nowhere/),
        'c.test.ts > a house: not swept',
        'outside of the tests: let go',
      ],
      retried: [],
    });
  });

  it('has no failures if all tests passed', () => {
    expect(run({ 'a.test.ts': `it('is built', () => {});` })).toEqual({
      passed: 1,
      failed: 0,
      files: ['a.test.ts'],
      failures: [],
      retried: [],
    });
  });

  it('names a test that passed on its second try', () => {
    const file = `let tries = 0; it('opens', () => { if (++tries === 1) throw new Error('stuck'); });`;
    expect(run({ 'a.test.ts': file }, 1)).toMatchObject({
      passed: 1,
      failed: 0,
      retried: ['a.test.ts > opens: stuck'],
    });
  });

  it('fails if no test passed at all', () => {
    expect(run({ 'a.test.ts': `it.skip('is built', () => {});` })).toMatchObject({ passed: 0, failed: 1 });
  });

  it('lists the test files that did not run', () => {
    for (const file of ['app/a.test.ts', 'tests/new/b.test.tsx', 'tests/new/c.fixture.ts', 'node_modules/d.test.ts']) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    expect(notRun(folder, [join(folder, 'app/a.test.ts')])).toEqual(['tests/new/b.test.tsx']);
  });
});
