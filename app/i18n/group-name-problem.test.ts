import { beforeAll, expect, test } from 'vitest';
import { limits } from '#protocol/limits.ts';

import { nameText, parse } from '#protocol/shape.ts';
import { groupNameProblem } from './group-name-problem.ts';
import { activateAllWords } from './testing/all-words.fixture.ts';
import { words } from './words.ts';

beforeAll(() => activateAllWords());

test('[SH2] [SH8] a group’s name is refused, with the reason, exactly if the server would refuse it', () => {
  const longest = 'n'.repeat(limits.title);
  for (const [name, problem] of [
    ['Book club', undefined],
    [longest, undefined],
    [`${longest}n`, `This name is too long. Use at most ${limits.title} characters.`],
    ['', 'Enter a name for the group.'],
    ['\u3164', 'Enter a name for the group.'],
  ] as const) {
    expect([name, groupNameProblem(name, words)]).toEqual([name, problem]);
    expect([name, parse(nameText(limits.title), name).ok]).toEqual([name, problem === undefined]);
  }
});
