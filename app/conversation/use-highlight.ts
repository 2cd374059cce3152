import { useCallback, useEffect, useRef, useState } from 'react';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { OpId } from '#protocol/ids.ts';
import type { Anchor } from './use-anchor.ts';
import type { JumpTarget } from './use-jump-target.ts';

interface HighlightOptions {
  target: JumpTarget | undefined;
  items: readonly TimelineItem[];
  anchor: Pick<Anchor, 'goTo' | 'endPlacing' | 'leaveEnd'>;
  focusItem: (id: OpId) => void;
}

/**
 * Goes to the message of a jump as soon as it is in the list, and highlights it until another message gets the focus: call
 * `endHighlight` with every message that does.
 */
export function useHighlight({ target, items, anchor, focusItem }: HighlightOptions) {
  const { goTo, endPlacing, leaveEnd } = anchor;
  const [ended, setEnded] = useState<JumpTarget>();
  const reached = useRef<JumpTarget>(undefined);
  useEffect(() => {
    if (target === undefined || reached.current === target) return;
    const index = items.findIndex((item) => item.id === target.id);
    if (index < 0) return;
    reached.current = target;
    endPlacing();
    leaveEnd();
    goTo(index, { align: 'center' });
    // The row is rendered and measured in the next frame, and moved to its final position in the one after.
    requestAnimationFrame(() => requestAnimationFrame(() => focusItem(target.id)));
  }, [target, items, goTo, endPlacing, leaveEnd, focusItem]);

  const endHighlight = useCallback(
    (focused: OpId) => {
      if (target !== undefined && focused !== target.id) setEnded(target);
    },
    [target],
  );
  return { highlighted: target === ended ? undefined : target?.id, endHighlight };
}
