import type { NamedPerson } from '#app/shown/mentions.ts';
import { matchesName, wordsOf } from '#protocol/fold.ts';

/** What is typed of a mention: from its at sign to the caret. */
export interface TypedMention {
  /** Where the at sign stands. */
  from: number;
  /** What follows it. */
  typed: string;
}

const MOST_SHOWN = 8;
/** An at sign further before the caret is not being completed. */
const LONGEST = 60;
const TYPED = /(?:^|[^\p{L}\p{N}_@])@([^\n@]*)$/u;

/** The mention that ends at the caret; undefined where none is being typed. */
export function mentionBefore(text: string, caret: number): TypedMention | undefined {
  const typed = TYPED.exec(text.slice(Math.max(0, caret - LONGEST), caret))?.[1];
  // After a blank the words go on, and Enter must send them.
  if (typed === undefined || /\s$/.test(typed)) return undefined;
  return { from: caret - typed.length - 1, typed };
}

/** The people to offer for what is typed. None once a whole name stands there, so that Enter sends the message. */
export function offeredFor<P extends NamedPerson>({ typed }: TypedMention, people: readonly P[]): P[] {
  if (/^\s/.test(typed)) return [];
  const wanted = wordsOf(typed);
  const offered: P[] = [];
  for (const person of people) {
    if (offered.length === MOST_SHOWN) break;
    if (matchesName(person.name, wanted)) offered.push(person);
  }
  return offered.length === 1 && offered[0]?.name === typed ? [] : offered;
}
