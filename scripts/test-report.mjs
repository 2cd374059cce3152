// What vitest's report says, in the two numbers that `npm test` ends with.
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { projectFiles } from './project-files.mjs';

/**
 * Vitest's, as far as it is read.
 *
 * @typedef {{ numPassedTests: number, numFailedTests: number, numFailedTestSuites: number, success: boolean, testResults: FileResult[] }} Report
 * @typedef {{ name: string, status?: string, message?: string, assertionResults?: TestResult[] }} FileResult
 * @typedef {{ fullName: string, status: string, failureMessages?: string[] }} TestResult
 */

/**
 * @param {string} file the report
 * @param {number} code what vitest exited with
 * @returns {{ passed: number, failed: number, files: string[], failures: string[] }} with the paths of the files that ran, and what failed
 *   in a line each, so that it can be said again at the end of a long output
 */
export function readReport(file, code) {
  const { numPassedTests, numFailedTests, numFailedTestSuites, success, testResults } = /** @type {Report} */ (
    JSON.parse(readFileSync(file, 'utf8'))
  );
  // A file that can't be loaded has no failed test of its own, nor has an error between tests, nor a run of no test at all.
  const other = numPassedTests > 0 && success && code === 0 ? 0 : 1;
  const failed = Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0, other);
  const failures = testResults.flatMap(failuresOf);
  if (failed > 0 && failures.length === 0)
    failures.push(`outside of the tests, or for want of any (exit code ${code})`);
  return { passed: numPassedTests, failed, files: testResults.map(({ name }) => name), failures };
}

/** @param {FileResult} file @returns {string[]} */
function failuresOf({ name, status, message = '', assertionResults = [] }) {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [`${name}: ${firstLine(message)}`] : [];
  return failed.map((test) => `${name} > ${test.fullName}: ${firstLine(test.failureMessages?.[0] ?? '')}`);
}

/** @param {string} text @returns {string} */
function firstLine(text) {
  return text.split('\n', 1)[0] ?? '';
}

/**
 * The test files of the repository that did not run: vitest itself passes a project of several whose pattern finds nothing,
 * and knows nothing of a file that lies outside every pattern.
 *
 * @param {string} root @param {readonly string[]} ran
 * @returns {string[]}
 */
export function notRun(root, ran) {
  const paths = new Set(ran.map((path) => relative(root, path).split(sep).join('/')));
  return projectFiles(root).filter((path) => /\.test\.tsx?$/.test(path) && !paths.has(path));
}
