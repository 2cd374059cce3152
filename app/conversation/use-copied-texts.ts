import { useCallback, type ClipboardEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { copiedTexts, type Part } from './copied-texts.ts';

/** Returns the handler that copies the texts of the selected messages instead of everything between them in the page. */
export function useCopiedTexts(items: readonly TimelineItem[]) {
  const words = useWords();
  return useCallback(
    (event: ClipboardEvent<HTMLElement>) => {
      const selection = getSelection();
      if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) return;
      const range = selection.getRangeAt(0);
      const selected = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-message]')]
        .filter((article) => range.intersectsNode(article))
        .map((article) => ({ article, index: items.findIndex(({ id }) => id === article.dataset['message']) }))
        .filter(({ index }) => index >= 0)
        .toSorted((one, other) => one.index - other.index);
      const [first, last] = [selected[0], selected.at(-1)];
      if (first === undefined || last === undefined) return;
      const text = copiedTexts(
        items,
        {
          first: first.index,
          last: last.index,
          firstPart: partOf(first.article, range),
          lastPart: partOf(last.article, range),
        },
        (count) => words('chat.notLoaded', { count }),
      );
      // Only a time or a name is selected: the browser copies it.
      if (text === '') return;
      event.clipboardData.setData('text/plain', text);
      event.preventDefault();
    },
    [items, words],
  );
}

/** The part of the message's text that the range covers. */
function partOf(article: HTMLElement, range: Range): Part {
  const text = article.querySelector('[data-text]');
  if (text === null) return '';
  const part = document.createRange();
  part.selectNodeContents(text);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0)
    part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
  return part.toString();
}
