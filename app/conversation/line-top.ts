/** This much of a message has to be in view: its sender and a line of its text. */
const ENOUGH = 72;

/**
 * Where the row at the line of new messages starts, in pixels below the top of the screen: at `wanted` or, in a low window, so far
 * above it that its message is in view below the day and the line.
 */
export function lineTop(article: HTMLElement, viewHeight: number, wanted: number): number {
  const { top, height } = article.getBoundingClientRect();
  // The line is the last of what is above the message.
  const head = (article.querySelector(':scope > p:last-of-type')?.getBoundingClientRect().bottom ?? top) - top;
  return Math.max(-head, Math.min(wanted, viewHeight - head - Math.min(height - head, ENOUGH)));
}
