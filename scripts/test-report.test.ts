import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REPORT_FILE, type Report, notRun } from './test-report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'teamlink-report-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the reporter makes of real runs of such files. */
function run(files: Record<string, string>): Report {
  for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source);
  const reporter = join(root, 'scripts', 'test-report.mjs');
  const args = [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--globals'];
  const report = join(folder, 'report.json');
  spawnSync(process.execPath, [...args, `--root=${folder}`, `--reporter=${reporter}`], {
    env: { ...process.env, [REPORT_FILE]: report },
  });
  return JSON.parse(readFileSync(report, 'utf8').replaceAll(`${folder}/`, '')) as Report;
}

describe('the report of the tests', () => {
  it('counts what passed, and says in a line each what failed: tests, set-up, files, and what belongs to no test', () => {
    const report = run({
      'a.test.ts': `it('stands', () => {}); it('has a door', () => { throw new Error('no door\\nat all'); }); it.skip('later', () => {});`,
      'b.test.ts': `import './nowhere.ts';`,
      'c.test.ts': `describe('a house', () => { afterAll(() => { throw new Error('not swept'); }); it('stands', () => {}); });`,
      'd.test.ts': `it('stands', async () => { void Promise.reject(new Error('let go')); await new Promise((done) => setTimeout(done, 50)); });`,
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
    });
  });

  it('has nothing to say where all passed', () => {
    expect(run({ 'a.test.ts': `it('stands', () => {});` })).toEqual({
      passed: 1,
      failed: 0,
      files: ['a.test.ts'],
      failures: [],
    });
  });

  it('is not content with no test at all', () => {
    expect(run({ 'a.test.ts': `it.skip('stands', () => {});` })).toMatchObject({ passed: 0, failed: 1 });
  });

  it('knows the test files that nobody ran', () => {
    for (const file of ['app/a.test.ts', 'tests/new/b.test.tsx', 'tests/new/c.fixture.ts', 'node_modules/d.test.ts']) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    expect(notRun(folder, [join(folder, 'app/a.test.ts')])).toEqual(['tests/new/b.test.tsx']);
  });
});
