// `npm test`: set-up, `check`, then every test. Its last line counts them, those before name what failed; it fails when one of them fails.
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
const { REPORT_FILE, notRun } = await import('./test-report.mjs');

const isLong = process.argv.includes('--long');
const reports = mkdtempSync(join(tmpdir(), 'teamlink-tests-'));
const total = { passed: 0, failed: 0, failures: /** @type {string[]} */ ([]) };
/** @type {string[]} */
const ran = [];

add(await runChecks(root));
// More than there are cores: many of them mostly wait, for a disk, a process or a page.
add(await runTests('unit and integration', ['unit', 'tests'], 3));
if (process.env['TEST_MONGODB_URI'] === undefined) {
  say('TEST_MONGODB_URI is not set: the database tests ran on the embedded database only.');
}
const browser = await findBrowser(process.env, say);
if (browser === undefined) add({ passed: 0, failed: 1, failures: ['browser tests: there is no Chromium'] });
else add(await runTests('browser', ['browser'], 2, { CHROMIUM_PATH: browser }));
const forgotten = notRun(root, ran).filter((file) => browser !== undefined || !file.startsWith('tests/browser/'));
for (const file of forgotten) {
  add({ passed: 0, failed: 1, failures: [`${file} was not run: no project of vite.config.ts finds it`] });
}
rmSync(reports, { recursive: true, force: true });

process.exitCode = total.failed === 0 ? 0 : 1;
for (const failure of total.failures) say(`FAILED ${failure.replace(root, '')}`);
say(`${total.passed} passed, ${total.failed} failed`);

/**
 * @param {string} title @param {string[]} projects @param {number} atOnce files @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ passed: number, failed: number, failures: string[] }>}
 */
async function runTests(title, projects, atOnce, env = {}) {
  say(`\n— ${title} tests`);
  const report = join(reports, `${projects.join('-')}.json`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', ...projects.flatMap((name) => ['--project', name]), `--maxWorkers=${atOnce}`];
  args.push('--reporter=default', `--reporter=${join(root, 'scripts', 'test-report.mjs')}`);
  const code = await run(args, {
    ...process.env,
    ...env,
    [REPORT_FILE]: report,
    ...(isLong ? { TEST_LONG: '1' } : {}),
  });
  try {
    const { files, ...counts } = /** @type {import('./test-report.mjs').Report} */ (
      JSON.parse(readFileSync(report, 'utf8'))
    );
    ran.push(...files);
    // What vitest failed for and the report doesn't know.
    return code === 0 || counts.failed > 0
      ? counts
      : { ...counts, failed: 1, failures: [`${title} tests: exit code ${code}`] };
  } catch (error) {
    return { passed: 0, failed: 1, failures: [`${title} tests gave no report (exit code ${code}): ${String(error)}`] };
  }
}

/** @param {{ passed: number, failed: number, failures: string[] }} counts */
function add({ passed, failed, failures }) {
  total.passed += passed;
  total.failed += failed;
  total.failures.push(...failures);
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
