import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkLibraries, readJson, root, runTool, withFiles } from './checked-folder.fixture.ts';

describe('format', () => {
  const config = { '.oxfmtrc.json': readFileSync(join(root, '.oxfmtrc.json'), 'utf8') };

  it('names only the file that the formatter would change', () => {
    withFiles({ ...config, 'a.ts': 'export const a = "a"\n', 'b.ts': "export const b = 'b';\n" }, (folder) => {
      const { status, said } = runTool(folder, 'oxfmt/bin/oxfmt', ['--check']);
      expect({ status, files: said.match(/[ab]\.ts/g) }).toEqual({ status: 1, files: ['a.ts'] });
    });
  });

  it('passes a folder in which it would change nothing', () => {
    withFiles({ ...config, 'b.ts': "export const b = 'b';\n" }, (folder) => {
      expect(runTool(folder, 'oxfmt/bin/oxfmt', ['--check']).status).toBe(0);
    });
  });
});

describe('dead code and libraries', () => {
  const { knip, imports, type } = readJson(join(root, 'package.json')) as Record<string, unknown>;
  const config = { name: 'fixture', type, imports, knip };
  const main = `import { used } from '#server/used.ts';\nused();\n`;
  const live = { 'sync-server/main.ts': main, 'sync-server/used.ts': 'export function used() {}\n' };

  it('names unused files, exports and libraries, and libraries that are not listed', () => {
    const said = knipOn(
      {
        ...live,
        'sync-server/main.ts': `${main}import 'valibot';\n`,
        'sync-server/used.ts': 'export function used() {}\nexport function idle() {}\n',
        'sync-server/alone.ts': 'export const alone = 1;\n',
      },
      { dexie: '1.0.0' },
    );
    expect({
      files: said.includes('Unused files (1)\nsync-server/alone.ts'),
      exports: /Unused exports \(1\)\nidle /.test(said),
      libraries: /Unused dependencies \(1\)\ndexie /.test(said),
      unlisted: /Unlisted dependencies \(1\)\nvalibot /.test(said),
    }).toEqual({ files: true, exports: true, libraries: true, unlisted: true });
  });

  it('passes if everything is used', () => {
    expect(knipOn(live, {})).not.toContain('Unused');
  });

  function knipOn(files: Record<string, string>, dependencies: Record<string, string>): string {
    return withFiles({ ...files, 'package.json': JSON.stringify({ ...config, dependencies }) }, (folder) => {
      linkLibraries(folder);
      return runTool(folder, 'knip/bin/knip.js', ['--no-progress', '--no-config-hints']).said;
    });
  }
});
