// `npm test`: set-up, `check`, then every test. Its last line counts them, the lines before it name what failed, and it fails if
// anything did. `--long` repeats the randomized tests far more often.
import { relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { projectFiles } from './repository.mjs';
import { setUpOrExit } from './setup.mjs';

/** @typedef {{ passed: number, failed: number, failures: string[], retried?: string[] }} Counts failures: a line each */

/** Characters of an error's message that are repeated at the end of the long output. */
const LONGEST_MESSAGE = 300;

async function testAll() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  await setUpOrExit();
  const { runChecks } = await import('./check.mjs');
  const { findBrowser } = await import('./find-browser.mjs');
  if (process.argv.includes('--long')) process.env['TEST_LONG'] = '1';

  say('— checks');
  const all = [await runChecks(root)];
  say('\n— unit and integration tests');
  // More at the same time than there are cores, because many of them mostly wait for a disk, a process or a timer.
  const units = await runTests({ root, project: ['unit'], maxWorkers: 5 });
  if (process.env['TEST_MONGODB_URI'] === undefined) {
    say('The database tests ran on the embedded database only; `npm run test:mongodb` runs them on a MongoDB.');
  }
  all.push(units);
  const ran = [...units.files];
  const browser = await findBrowser(process.env, say);
  if (browser === undefined) all.push(failed('browser tests: there is no Chromium'));
  else {
    process.env['CHROMIUM_PATH'] = browser;
    say('\n— browser tests');
    // A browser on a loaded machine may refuse a page or lose one. The second try is for that, and is reported: a test that needs
    // it again and again has a race. The long run has none.
    const retry = process.env['TEST_LONG'] === undefined ? 1 : 0;
    // Three keep two cores busy; with four, each test took twice as long.
    const browsers = await runTests({ root, project: ['browser'], maxWorkers: 3, retry });
    all.push(browsers);
    ran.push(...browsers.files);
  }
  const forgotten = notRun(root, ran).filter((file) => browser !== undefined || !file.startsWith('tests/browser/'));
  all.push(...forgotten.map((file) => failed(`${file} was not run: no project of vite.config.ts includes it`)));

  for (const retried of all.flatMap((counts) => counts.retried ?? [])) {
    say(`PASSED ON THE SECOND TRY ${retried.replace(root, '')}`);
  }
  const failures = all.flatMap((counts) => counts.failures);
  for (const failure of failures) say(`FAILED ${failure.replace(root, '')}`);
  const sum = (/** @type {'passed' | 'failed'} */ key) => all.reduce((total, counts) => total + counts[key], 0);
  say(`${sum('passed')} passed, ${sum('failed')} failed`);
  // A test may have left something open, which must not keep this process running.
  process.exit(sum('failed') === 0 ? 0 : 1);
}

/**
 * Runs tests in this process; what fails outside of tests counts too.
 *
 * @param {import('vitest/node').CliOptions} options
 * @returns {Promise<Counts & { retried: string[], files: string[] }>} retried: a line for each test that passed on a second try;
 *   files: the paths of those that ran
 */
export async function runTests(options) {
  const { startVitest } = await import('vitest/node');
  const vitest = await startVitest('test', [], { watch: false, ...options });
  const modules = vitest.state.getTestModules();
  const tests = modules.flatMap(({ children }) => [...children.allTests()]);
  const passed = tests.filter((test) => test.result().state === 'passed').length;
  const failures = [
    ...tests.flatMap((test) =>
      test.result().state === 'failed' ? [line(test.module.moduleId, test.fullName, test.result().errors)] : [],
    ),
    // A file that can't be loaded, and a failing set-up or clean-up, of a file or of a part of one.
    ...modules.flatMap((module) => [
      ...(module.errors().length > 0 ? [line(module.moduleId, '', module.errors())] : []),
      ...[...module.children.allSuites()].flatMap((suite) =>
        suite.errors().length > 0 ? [line(module.moduleId, suite.fullName, suite.errors())] : [],
      ),
    ]),
    ...vitest.state.getUnhandledErrors().map((error) => line('outside of the tests', '', [asError(error)])),
    ...(passed === 0 ? ['no test passed'] : []),
  ];
  const retried = tests.flatMap((test) =>
    test.diagnostic()?.flaky === true ? [line(test.module.moduleId, test.fullName, test.result().errors)] : [],
  );
  await vitest.close();
  return { passed, failed: failures.length, failures, retried, files: modules.map(({ moduleId }) => moduleId) };
}

/** @param {string} file @param {string} name @param {readonly { message: string }[] | undefined} errors @returns {string} */
function line(file, name, errors) {
  const said = errors?.[0]?.message.split('\n', 1)[0] ?? '';
  return `${[file, name].filter(Boolean).join(' > ')}: ${said.slice(0, LONGEST_MESSAGE)}`;
}

/** @param {unknown} error @returns {{ message: string }} */
function asError(error) {
  return {
    message: typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error),
  };
}

/** @param {string} failure @returns {Counts} */
function failed(failure) {
  return { passed: 0, failed: 1, failures: [failure] };
}

/**
 * The test files of the repository that did not run: vitest passes a project of several even if its pattern finds nothing, and
 * ignores a file outside of every pattern.
 *
 * @param {string} root @param {readonly string[]} ran
 * @returns {string[]}
 */
export function notRun(root, ran) {
  const paths = new Set(ran.map((path) => relative(root, path).split(sep).join('/')));
  return projectFiles(root).filter((path) => /\.test\.tsx?$/.test(path) && !paths.has(path));
}

/** @param {string} text */
function say(text) {
  process.stdout.write(`${text}\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await testAll();
