import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkLibraries, readJson, root, runTool, withFiles } from './checked-folder.fixture.ts';

describe('types, layer by layer', () => {
  const { references } = readJson(join(root, 'tsconfig.json')) as { references: { path: string }[] };
  const layers = references.map(({ path }) => path);
  /** A file in each layer that uses what the layer does not have, or breaks a setting, with the error codes that it must get. */
  const broken: Record<string, [file: string, text: string, codes: number[]]> = {
    protocol: ['a.ts', `export const a = [document, process, setTimeout, fetch];`, [2584, 2591, 2304, 2304]],
    'sync-server': ['streams/a.ts', `export const a = [document, window, localStorage];`, [2584, 2304, 2304]],
    'app/local-store': ['a.ts', `export const a = [document, window, process];`, [2584, 2304, 2591]],
    'app/ops': ['a.ts', `export const a = [document, process, setTimeout, fetch];`, [2584, 2591, 2304, 2304]],
    'app/shown': ['a.ts', `export const a = [document, process, setTimeout, fetch];`, [2584, 2591, 2304, 2304]],
    'app/sync': ['a.ts', `export const a = [document, window, process];`, [2584, 2304, 2591]],
    app: ['ui/a.ts', `export const a = [document, process, Buffer];`, [2591, 2591]],
    'app/service-worker': ['a.ts', `export const a = [document, window, process];`, [2584, 2304, 2591]],
    scripts: ['a.mjs', `/** @type {number} */\nexport const a = 'a';\nexport const b = document;`, [2322, 2584]],
    tests: [
      'a.ts',
      [
        `export const a: string = ['a'][0];`,
        `export const b: { c?: number } = { c: undefined };`,
        `export enum D {}`,
        `import { E } from './e.ts';`,
        `export const f = (g) => g as E;`,
      ].join('\n'),
      [2322, 2375, 1294, 1484, 7006],
    ],
  };

  it.each(layers)('%s may not use what it does not have', (layer) => {
    const [file, text, codes] = broken[layer] ?? ['', '', []];
    expect(errorsOf({ [layer]: { [file]: text, 'e.ts': 'export type E = 1;' } }, layer)).toEqual(
      codes.map((code) => `${layer}/${file} ${code}`),
    );
  });

  it('every layer passes with its settings', () => {
    const clean = Object.fromEntries(layers.map((layer) => [layer, { 'a.ts': 'export const a = 1;' }]));
    expect(errorsOf(clean, '.')).toEqual([]);
  });

  /** The errors of `tsc -b` in a project with these files and the real settings of every layer. */
  function errorsOf(files: Record<string, Record<string, string>>, built: string): string[] {
    const all = Object.entries(files).flatMap(([layer, own]) =>
      Object.entries(own).map(([file, text]) => [`${layer}/${file}`, `${text}\n`] as const),
    );
    // A project without files is an error in itself.
    const filled = layers.map((layer) => [`${layer}/filled.${layer === 'scripts' ? 'mjs' : 'ts'}`, 'export {};\n']);
    return withFiles(Object.fromEntries([...filled, ...all]) as Record<string, string>, (folder) => {
      for (const layer of ['.', ...layers])
        cpSync(join(root, layer, 'tsconfig.json'), join(folder, layer, 'tsconfig.json'));
      linkLibraries(folder);
      const { said } = runTool(folder, 'typescript/bin/tsc', ['-b', built]);
      return [...said.matchAll(/^(\S+?)\(\d+,\d+\): error TS(\d+)/gm)].map(([, file, code]) => `${file} ${code}`);
    });
  }
});
