// The report of a run of tests, as `npm test` needs it: two numbers, the files that ran, and what failed, in a line each, to be said
// again at the end of a long output. Given to vitest as a reporter, because its own report in JSON leaves out what breaks outside of tests.
import { writeFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { projectFiles } from './project-files.mjs';

/** @typedef {{ passed: number, failed: number, files: string[], failures: string[] }} Report files: the paths of those that ran */

/** The environment variable with the file to write to. */
export const REPORT_FILE = 'TEST_REPORT';

/**
 * @typedef {import('vitest/node').TestModule} TestModule
 * @typedef {import('vitest/node').SerializedError} SerializedError
 */

export default class TestReport {
  /**
   * @param {readonly TestModule[]} modules the test files
   * @param {readonly SerializedError[]} unhandled errors that belong to no test
   */
  onTestRunEnd(modules, unhandled) {
    writeFileSync(String(process.env[REPORT_FILE]), JSON.stringify(reportOf(modules, unhandled)));
  }
}

/** @param {readonly TestModule[]} modules @param {readonly SerializedError[]} unhandled @returns {Report} */
function reportOf(modules, unhandled) {
  const tests = modules.flatMap(({ children }) => [...children.allTests()]);
  const passed = tests.filter((test) => test.result().state === 'passed').length;
  const failures = [
    ...tests.flatMap((test) =>
      test.result().state === 'failed' ? [line(test.module.moduleId, test.fullName, test.result().errors)] : [],
    ),
    // A file that can't be loaded, and set-up or clearing up that fails, for a file or for a part of one.
    ...modules.flatMap((module) => [
      ...(module.errors().length > 0 ? [line(module.moduleId, '', module.errors())] : []),
      ...[...module.children.allSuites()].flatMap((suite) =>
        suite.errors().length > 0 ? [line(module.moduleId, suite.fullName, suite.errors())] : [],
      ),
    ]),
    ...unhandled.map((error) => line('outside of the tests', '', [error])),
    ...(passed === 0 ? ['no test passed'] : []),
  ];
  return { passed, failed: failures.length, files: modules.map(({ moduleId }) => moduleId), failures };
}

/** Characters of a message that a line ends with. */
const LONGEST = 300;

/** @param {string} file @param {string} name @param {readonly { message: string }[] | undefined} errors @returns {string} */
function line(file, name, errors) {
  const said = errors?.[0]?.message.split('\n', 1)[0] ?? '';
  return `${[file, name].filter(Boolean).join(' > ')}: ${said.slice(0, LONGEST)}`;
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
