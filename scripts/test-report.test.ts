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
    const report = readReport(file, code);
    expect(report).toMatchObject({ passed: counts.numPassedTests, failed, files: ['/a.test.ts'] });
    expect(report.failures).toHaveLength(failed > 0 ? 1 : 0);
  });

  it('says in a line each which tests failed, and which files could not be loaded', () => {
    const file = join(folder, 'report.json');
    const testResults = [
      {
        name: '/a.test.ts',
        status: 'failed',
        assertionResults: [
          { fullName: 'a house stands', status: 'passed', failureMessages: [] },
          { fullName: 'a house has a door', status: 'failed', failureMessages: ['Error: no door\n    at a.test.ts:3'] },
        ],
      },
      { name: '/b.test.ts', status: 'failed', message: 'Cannot find module\nb.ts', assertionResults: [] },
      { name: '/c.test.ts', status: 'passed', message: '', assertionResults: [] },
    ];
    const counts = { numPassedTests: 1, numFailedTests: 1, numFailedTestSuites: 2, success: false };
    writeFileSync(file, JSON.stringify({ ...counts, testResults }));
    expect(readReport(file, 1).failures).toEqual([
      '/a.test.ts > a house has a door: Error: no door',
      '/b.test.ts: Cannot find module',
    ]);
  });

  it('knows the test files that nobody ran', () => {
    for (const file of ['app/a.test.ts', 'tests/new/b.test.tsx', 'tests/new/c.fixture.ts', 'node_modules/d.test.ts']) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    expect(notRun(folder, [join(folder, 'app/a.test.ts')])).toEqual(['tests/new/b.test.tsx']);
  });
});
