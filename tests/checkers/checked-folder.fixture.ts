import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const root = resolve(import.meta.dirname, '..', '..');

/** Runs `work` on a folder that contains these files and nothing else. */
export function withFiles<T>(files: Readonly<Record<string, string>>, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'teamlink-checked-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs one of the project's tools in a folder; its output and exit code. */
export function runTool(folder: string, tool: string, args: readonly string[]) {
  const path = join(root, 'node_modules', ...tool.split('/'));
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, said: `${stdout}${stderr}` };
}

/** One of the project's own checkers, from scripts/. It is plain JavaScript, so the caller names its types. */
export async function checker<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(join(root, 'scripts', `${name}.mjs`)).href)) as T;
}

/** What the project's lint reports in these files. */
export function lint(files: Readonly<Record<string, string>>): { file: string; code: string }[] {
  return withFiles(files, (folder) => {
    for (const file of ['.oxlintrc.json', 'package.json']) cpSync(join(root, file), join(folder, file));
    cpSync(join(root, 'tsconfig.json'), join(folder, 'base.json'));
    const project = {
      extends: './base.json',
      files: Object.keys(files),
      references: [],
      compilerOptions: { jsx: 'preserve' },
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
    const { stdout, said } = runTool(folder, 'oxlint/bin/oxlint', ['-f', 'json', ...Object.keys(files)]);
    if (!stdout.startsWith('{')) throw new Error(said);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
    return diagnostics.map(({ code, filename }) => ({ code, file: relative(folder, resolve(folder, filename)) }));
  });
}

/** A settings file, in which every comment is a whole line. */
export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8').replaceAll(/^\s*\/\/.*$/gm, ''));
}

/** The tools look for types and libraries in the folder itself. */
export function linkLibraries(folder: string): void {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
}
