import type { NamedPerson } from '#app/shown/mentions.ts';
import { matchesName, wordsOf } from '#protocol/fold.ts';

/** What is typed of a mention: from its at sign to the caret. */
export interface TypedMention {
  /** The position of the at sign. */
  from: number;
  /** The text after it. */
  typed: string;
}

const MOST_SHOWN = 8;
/** An at sign that is further before the caret is not completed. */
const LONGEST = 60;
const TYPED = /(?:^|[^\p{L}\p{N}_@])@([^\n@]*)$/u;

/** The mention that ends at the caret; undefined if none is being typed. */
export function mentionBefore(text: string, caret: number): TypedMention | undefined {
  const typed = TYPED.exec(text.slice(Math.max(0, caret - LONGEST), caret))?.[1];
  // After a blank the sentence goes on, and Enter must send it.
  if (typed === undefined || /\s$/.test(typed)) return undefined;
  return { from: caret - typed.length - 1, typed };
}

/** The people to offer for the typed text; nobody once it is a whole name, so that Enter sends the message. */
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
