import { describe, expect, it } from 'vitest';
import { checker, withFiles } from './checked-folder.fixture.ts';

describe('rules and the tests that cite them', async () => {
  const { checkRules } = await checker<{ checkRules: (root: string) => string[] }>('check-rules');
  const page =
    '## Where a rule holds\n\n| the socket | AP1, LV |\n\n## Append\n\n- **AP1** Durable.\n- **AP2** Once.\n';

  it('names a rule that no test cites, a citation of no rule, and a rule defined twice', () => {
    const files = {
      'docs/protocol.md': `${page}- **AP1** Again.\n`,
      'protocol/a.test.ts': `it('[AP1] is durable', () => {});\n// [AP2] in a comment cites nothing\nit('[AP9] is no rule', () => {});\n`,
      'protocol/a.ts': '/** Serves [XY1]. */\n',
    };
    expect(withFiles(files, checkRules)).toEqual([
      'AP1 is defined twice',
      'protocol/a.test.ts cites AP9, which docs/protocol.md does not define',
      'protocol/a.ts cites XY1, which docs/protocol.md does not define',
      'AP2 is cited by no test',
    ]);
  });

  it('passes where both ways fit; ids of other lists are theirs', () => {
    const files = {
      'docs/protocol.md': page,
      'protocol/a.test.ts': `it('[AP1] [SEC-49] [ask 3] [A2] is durable', () => {});\n`,
      'tests/transports/a.test.ts': `it.each([1])('[AP2] once, %i', () => {});\n`,
    };
    expect(withFiles(files, checkRules)).toEqual([]);
  });

  it('names a rule of both transports that is tested over neither or one, and none that has one side', () => {
    const files = {
      'docs/protocol.md': `${page}- **LV1** Live.\n- **LV2** Later.\n`,
      'sync-server/a.test.ts': `it('[AP1] [AP2] [LV1] [LV2] over the socket', () => {});\n`,
      'tests/transports/a.fixture.ts': '/** Of [AP2]. */\n',
    };
    expect(withFiles(files, checkRules)).toEqual(['AP2 is not one-sided, and no test in tests/transports/ cites it']);
  });

  it('says that the page is missing', () => {
    expect(withFiles({}, checkRules)).toEqual(['docs/protocol.md is missing']);
  });
});

describe('manners of the repository', async () => {
  const { checkManners } = await checker<{ checkManners: (root: string) => string[] }>('check-manners');

  it.each<[string, string, string]>([
    ['somebody’s folder', 'docs/a.md', 'See /home/ana/notes.'],
    ['a private registry', 'package-lock.json', '"resolved": "https://npm.example.com/a.tgz"'],
    ['a registry setting', 'a.txt', 'registry=https://npm.example.com'],
    ['a private key', 'a.txt', '-----BEGIN PRIVATE KEY-----'],
    ['a conflict', 'a.ts', '<<<<<<< HEAD\n'],
    ['a note instead of the work', 'a.ts', '// TODO later'],
    ['a file of settings', '.env', 'A=1'],
    ['a left-over', 'a.ts.orig', ''],
    ['a huge file', 'a.png', 'a'.repeat(2_000_001)],
  ])('refuses %s', (_what, file, text) => {
    const wrong = withFiles({ [file]: text, 'b.ts': 'export {};\n' }, checkManners);
    expect(wrong.map((line) => line.split(':')[0])).toEqual([file]);
  });

  it('passes a clean folder', () => {
    expect(withFiles({ 'a.ts': '// Served from /api/users.\n' }, checkManners)).toEqual([]);
  });
});
