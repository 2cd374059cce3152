import { expect, test } from 'vitest';
import { eventWords } from './event-words.ts';
import { activateAllWords } from './testing/all-words.fixture.ts';
import { words } from './words.ts';

const reader = { self: 'me', nameOf: (id: string) => (id === 'me' ? words('chat.you') : id) };
const said = (kind: string, by: string, ...userIds: string[]) => eventWords({ kind, by, userIds }, reader, words);

const events: [string, string, ...string[]][] = [
  ['member.add', 'me', 'Cy'],
  ['member.add', 'Ben', 'me', 'Cy'],
  ['member.remove', 'me', 'Cy'],
  ['member.remove', 'Ben', 'me'],
  ['member.remove', 'me', 'me'],
  ['member.role', 'me', 'Cy'],
  ['member.role', 'Ben', 'me'],
  ['conversation.update', 'me'],
];

test.each([
  [
    'en',
    [
      'You added Cy',
      'Ben added you and Cy',
      'You removed Cy',
      'Ben removed you',
      'You left',
      'You changed the role of Cy',
      'Ben changed your role',
      'You updated the group',
    ],
  ],
  [
    'de',
    [
      'Du hast Cy hinzugefügt',
      'Ben hat dich und Cy hinzugefügt',
      'Du hast Cy entfernt',
      'Ben hat dich entfernt',
      'Du hast die Gruppe verlassen',
      'Du hast die Rolle von Cy geändert',
      'Ben hat deine Rolle geändert',
      'Du hast die Gruppe geändert',
    ],
  ],
] as const)('system messages address their reader (%s)', async (language, sentences) => {
  await activateAllWords(language);
  expect(events.map((event) => said(...event))).toEqual(sentences);
});

test('a system message names a few of many people, its reader among them', async () => {
  await activateAllWords('en');
  const names = (...ids: string[]) => said('member.add', 'Ben', ...ids).replaceAll(/[\u2066-\u2069]/gu, '');
  expect(names('Cy', 'Di', 'Ed', 'Flo')).toBe('Ben added Cy, Di, Ed and Flo');
  expect(names('Cy', 'Di', 'Ed', 'Flo', 'me')).toBe('Ben added you, Cy, Di and 2 others');
});
