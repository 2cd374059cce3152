/** How much of a message has to be in view: its sender and a line of its text. */
const IN_VIEW_PX = 72;

/**
 * Where the row with the line of new messages starts, in pixels below the top of the screen: at `wanted` or, in a low window, far
 * enough above it that the message below the day and the line is in view.
 */
export function lineTop(article: HTMLElement, viewHeight: number, wanted: number): number {
  const { top, height } = article.getBoundingClientRect();
  // The line of new messages is the last paragraph above the message.
  const head = (article.querySelector(':scope > p:last-of-type')?.getBoundingClientRect().bottom ?? top) - top;
  return Math.max(-head, Math.min(wanted, viewHeight - head - Math.min(height - head, IN_VIEW_PX)));
}
