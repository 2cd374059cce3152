// What vitest's report says, in the two numbers that `npm test` ends with.
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { projectFiles } from './project-files.mjs';

/** @typedef {{ numPassedTests: number, numFailedTests: number, numFailedTestSuites: number, success: boolean, testResults: { name: string }[] }} Report vitest's, as far as it is read */

/**
 * @param {string} file the report
 * @param {number} code what vitest exited with
 * @returns {{ passed: number, failed: number, files: string[] }} with the paths of the files that ran
 */
export function readReport(file, code) {
  const { numPassedTests, numFailedTests, numFailedTestSuites, success, testResults } = /** @type {Report} */ (
    JSON.parse(readFileSync(file, 'utf8'))
  );
  // A file that can't be loaded has no failed test of its own, nor has an error between tests, nor a run of no test at all.
  const other = numPassedTests > 0 && success && code === 0 ? 0 : 1;
  return {
    passed: numPassedTests,
    failed: Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0, other),
    files: testResults.map(({ name }) => name),
  };
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
