import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { rovingTarget } from '#app/ui/roving.ts';
import type { JumpOption } from './jump-options.tsx';

const FIRST = { id: undefined, at: 0 };

/**
 * The active option of a list whose field keeps the focus: arrows and the pointer choose it, Enter opens it, and it is scrolled
 * into view unless the pointer chose it.
 */
export function useActiveOption(options: readonly JumpOption[]) {
  /** The active option and its position. If it disappears, the one that is then at this position becomes active. */
  const [chosen, setChosen] = useState<{ id: string | undefined; at: number }>(FIRST);
  const at = options.findIndex(({ id }) => id === chosen.id);
  const activeAt = at < 0 ? Math.min(chosen.at, options.length - 1) : at;
  const active = options[activeAt];
  // An option stays active when others arrive above it, so that Enter opens what was shown as active.
  if (active !== undefined && (chosen.id !== active.id || chosen.at !== activeAt))
    setChosen({ id: active.id, at: activeAt });
  const activeElement = useRef<HTMLDivElement>(null);
  const isPointed = useRef(false);
  const shownPlace = useRef('');
  useLayoutEffect(() => {
    const place = `${activeAt} ${active?.id}`;
    if (isPointed.current || shownPlace.current === place) return;
    shownPlace.current = place;
    activeElement.current?.scrollIntoView({ block: 'nearest' });
  });

  function keyDown(event: KeyboardEvent) {
    if (event.key === 'Enter') {
      event.preventDefault();
      active?.open();
    }
    // Home and End move in the text.
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    isPointed.current = false;
    const to = rovingTarget(event, activeAt, options.length) ?? 0;
    setChosen({ id: options[to]?.id, at: to });
  }

  return {
    active,
    activeElement,
    keyDown,
    pointAt(option: JumpOption) {
      isPointed.current = true;
      setChosen({ id: option.id, at: options.indexOf(option) });
    },
    chooseFirst: () => setChosen(FIRST),
  };
}
