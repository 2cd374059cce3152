import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const NOT_OURS = /(^|\/)(node_modules|dist|data|\.git|\.cache|coverage)(\/|$)/;

/**
 * The project's own files, as paths with `/`: what git knows or would add; in a folder without git, what lies there.
 *
 * @param {string} root
 * @returns {string[]}
 */
export function projectFiles(root) {
  if (existsSync(join(root, '.git'))) {
    const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
    const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0');
    return listed.filter((path) => path !== '' && existsSync(join(root, path)));
  }
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => path.split(sep).join('/'));
  return found
    .filter((path) => !NOT_OURS.test(path) && statSync(join(root, path)).isFile())
    .map((path) => relative('.', path));
}
