import { shownName } from '#app/i18n/name-words.ts';
import type { Words } from '#app/i18n/words.ts';
import type { Report } from '#protocol/administration.ts';

/** The name of a person in a report. A person without a name no longer has an account. */
export function namedWords(person: Report['by'], words: Words): string {
  return person?.name === undefined ? words('reports.gone') : shownName(person.name, words);
}

/** The subject of a report, in a few words. */
export function subjectWords({ about, person, title }: Report, words: Words): string {
  if (about === 'group') return words('reports.about.group', { name: title ?? words('reports.unnamed') });
  const name = namedWords(person, words);
  return about === 'person' ? name : words('reports.about.message', { name });
}
