/** What was selected of a message; undefined if its whole text was, or if the message is not drawn. */
export type Part = string | undefined;

interface Selected {
  first: number;
  last: number;
  /** What is selected of the first and the last message; the same if they are one. */
  firstPart: Part;
  lastPart: Part;
}

/**
 * The texts of the messages from the first selected one to the last, in order and without the times, names and lines around them.
 * Those in between may not be in the page, because only messages near the screen are drawn.
 */
export function copiedTexts(
  items: readonly { text: string }[],
  { first, last, firstPart, lastPart }: Selected,
): string {
  if (first === last) return firstPart ?? items[first]?.text ?? '';
  const between = items.slice(first + 1, last).map(({ text }) => text);
  return [firstPart ?? items[first]?.text ?? '', ...between, lastPart ?? items[last]?.text ?? '']
    .filter((text) => text !== '')
    .join('\n');
}
