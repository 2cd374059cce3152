// `npm test`: set-up, `check`, then every test. Its last line counts them; it fails when one of them fails.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpOrExit } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
await setUpOrExit();
const { runChecks } = await import('./check.mjs');
const { findBrowser } = await import('./find-browser.mjs');

const isLong = process.argv.includes('--long');
const reports = mkdtempSync(join(tmpdir(), 'teamlink-tests-'));
const total = { passed: 0, failed: 0 };

const checks = await runChecks(root);
add(checks);
add(await runTests('unit and integration', ['unit', 'tests']));
if (process.env['TEST_MONGODB_URI'] === undefined) {
  say('TEST_MONGODB_URI is not set: the database tests ran on the embedded database only.');
}
const browser = await findBrowser(process.env, say);
if (browser === undefined) total.failed += 1;
else add(await runTests('browser', ['browser'], { CHROMIUM_PATH: browser }));
rmSync(reports, { recursive: true, force: true });

process.exitCode = total.failed === 0 ? 0 : 1;
say(`${total.passed} passed, ${total.failed} failed`);

/** @typedef {{ numPassedTests: number, numFailedTests: number, numFailedTestSuites: number, success: boolean }} Counts of vitest's report */

/**
 * @param {string} title @param {string[]} projects @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ passed: number, failed: number }>}
 */
async function runTests(title, projects, env = {}) {
  say(`\n— ${title} tests`);
  const report = join(reports, `${projects.join('-')}.json`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', ...projects.flatMap((name) => ['--project', name])];
  args.push('--reporter=default', '--reporter=json', `--outputFile.json=${report}`);
  const code = await run(args, { ...process.env, ...env, ...(isLong ? { TEST_LONG: '1' } : {}) });
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites, success } = /** @type {Counts} */ (
      JSON.parse(readFileSync(report, 'utf8'))
    );
    // A file that can't be loaded has no failed test of its own, and so has an error between tests.
    const other = success && code === 0 ? 0 : 1;
    return { passed: numPassedTests, failed: Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0, other) };
  } catch (error) {
    say(`The tests gave no report (exit code ${code}): ${String(error)}`);
    return { passed: 0, failed: 1 };
  }
}

/** @param {{ passed: number, failed: number }} counts */
function add({ passed, failed }) {
  total.passed += passed;
  total.failed += failed;
}

/** @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Promise<number>} */
function run(args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`);
}
