import { limits } from '#protocol/limits.ts';
import { isVisible } from '#protocol/names.ts';
import type { Words } from './words.ts';

/** What is wrong with a group's cleaned name; undefined if the server would accept it. [SH2] [SH8] */
export function groupNameProblem(name: string, words: Words): string | undefined {
  if (!isVisible(name)) return words('new.needName');
  return name.length > limits.title ? words('new.longName', { max: limits.title }) : undefined;
}
