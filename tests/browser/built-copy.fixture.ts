import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A copy of the built app and server, which a test may change. */
export interface BuiltCopy {
  readonly folder: string;
  /** The server's entry point. */
  readonly program: string;
  /** Inserts `code` at the start of a function's body in the built server. */
  change(functionHead: string, code: string): void;
  /** Appends `text` to a file that the server sends compressed. */
  append(file: string, text: string): void;
  remove(): void;
}

export function copyBuild(): BuiltCopy {
  const folder = mkdtempSync(join(tmpdir(), 'teamlink-copy-'));
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const program = join(folder, 'dist/server/main.js');
  return {
    folder,
    program,
    change(functionHead, code) {
      const [before, after, ...more] = readFileSync(program, 'utf8').split(functionHead);
      if (after === undefined || more.length > 0)
        throw new Error(`the built server does not have exactly one ${functionHead}`);
      writeFileSync(program, `${before}${functionHead}\n${code}\n${after}`);
    },
    append(file, text) {
      const path = join(folder, file);
      appendFileSync(path, text);
      const content = readFileSync(path);
      writeFileSync(`${path}.br`, brotliCompressSync(content));
      writeFileSync(`${path}.gz`, gzipSync(content));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
