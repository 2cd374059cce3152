import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { notRun, readReport } from './test-report.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'teamlink-report-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the report of the tests', () => {
  it.each([
    ['all passed', { numPassedTests: 5, numFailedTests: 0, numFailedTestSuites: 0, success: true }, 0, 0],
    ['two failed', { numPassedTests: 5, numFailedTests: 2, numFailedTestSuites: 1, success: false }, 1, 2],
    ['a file can’t be loaded', { numPassedTests: 5, numFailedTests: 0, numFailedTestSuites: 1, success: false }, 1, 1],
    ['an error between tests', { numPassedTests: 5, numFailedTests: 0, numFailedTestSuites: 0, success: true }, 1, 1],
    ['no test at all', { numPassedTests: 0, numFailedTests: 0, numFailedTestSuites: 0, success: true }, 0, 1],
  ])('%s', (_what, counts, code, failed) => {
    const file = join(folder, 'report.json');
    writeFileSync(file, JSON.stringify({ ...counts, testResults: [{ name: '/a.test.ts' }] }));
    expect(readReport(file, code)).toEqual({ passed: counts.numPassedTests, failed, files: ['/a.test.ts'] });
  });

  it('knows the test files that nobody ran', () => {
    for (const file of ['app/a.test.ts', 'tests/new/b.test.tsx', 'tests/new/c.fixture.ts', 'node_modules/d.test.ts']) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    expect(notRun(folder, [join(folder, 'app/a.test.ts')])).toEqual(['tests/new/b.test.tsx']);
  });
});
