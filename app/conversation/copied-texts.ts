/** The selected part of a message; undefined if its whole text is selected, or if the message is not drawn. */
export type Part = string | undefined;

interface Selected {
  first: number;
  last: number;
  /** The selected parts of the first and the last message; the same part if they are one message. */
  firstPart: Part;
  lastPart: Part;
}

/**
 * The texts of the messages from the first selected one to the last, in order and without the times, names and lines around them.
 * Those in between may not be in the page, because only messages near the screen are drawn. For messages that are not on the
 * device, `gapWords` gives a note.
 */
export function copiedTexts(
  items: readonly { text: string; gap: number }[],
  { first, last, firstPart, lastPart }: Selected,
  gapWords: (count: number) => string,
): string {
  if (first === last) return firstPart ?? items[first]?.text ?? '';
  const after = items.slice(first + 1, last + 1).flatMap(({ text, gap }, at) => {
    const shown = first + 1 + at === last ? (lastPart ?? text) : text;
    return gap > 0 ? [`[${gapWords(gap)}]`, shown] : [shown];
  });
  return [firstPart ?? items[first]?.text ?? '', ...after].filter((text) => text !== '').join('\n');
}
