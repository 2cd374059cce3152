import { useEffect, useEffectEvent } from 'react';

/*
 * The browser's Back, and the gesture for it on phones, closes the topmost layer above a page, such as a menu, a dialog or a search.
 * Each layer has an entry in the history, which is removed when the layer is closed in another way.
 */

/** How the router opens a page. */
type Navigate = (to: string, options?: { replace?: boolean }) => void;

/** A browser that drops a step back does not report it. */
const LOST_AFTER_MS = 1_000;

/** What closes each layer, from the lowest to the topmost. */
let layers: (() => void)[] = [];
const waiting: (() => void)[] = [];
/** Runs while this file itself goes back in the history. */
let stepping: ReturnType<typeof setTimeout> | undefined;
let settling: ReturnType<typeof setTimeout> | undefined;

/** How many entries of the history, including the present one, belong to layers. */
export const layerEntries = () => (history.state as { layer?: number } | null)?.layer ?? 0;

/** Makes this component a layer: the browser's Back calls `onClose`. */
export function useBackCloses(onClose: () => void, isOpen = true): void {
  const close = useEffectEvent(onClose);
  useEffect(() => {
    if (!isOpen) return;
    const layer = () => close();
    layers.push(layer);
    settle();
    return () => {
      layers = layers.filter((each) => each !== layer);
      settle();
    };
  }, [isOpen]);
}

/** For the router: a new page replaces the entry of the lowest layer. When a page is replaced, its layers stay open. */
export function aroundNav(navigate: Navigate, to: string, options?: { replace?: boolean }): void {
  const isNew = options?.replace !== true;
  if (isNew) layers = [];
  afterSteps(() => {
    const surplus = layerEntries() - (isNew ? 1 : 0);
    if (surplus > 0) step(surplus);
    afterSteps(() => {
      navigate(to, layerEntries() > 0 ? { ...options, replace: true } : options);
      settle();
    });
  });
}

addEventListener('popstate', () => {
  if (stepping !== undefined) return arrived();
  for (const close of layers.splice(layerEntries()).toReversed()) close();
  // Forward leads to the entries of closed layers.
  settle();
});

/** Brings the history in line with the layers. Later, so that a dialog takes over the entry of the menu that opened it. */
function settle(): void {
  clearTimeout(settling);
  settling = setTimeout(() => {
    if (stepping !== undefined) return;
    const surplus = layerEntries() - layers.length;
    if (surplus > 0) return step(surplus);
    for (let layer = layerEntries() + 1; layer <= layers.length; layer += 1) history.pushState({ layer }, '');
  });
}

function step(back: number): void {
  stepping = setTimeout(arrived, LOST_AFTER_MS);
  history.go(-back);
}

function arrived(): void {
  clearTimeout(stepping);
  stepping = undefined;
  for (const run of waiting.splice(0)) afterSteps(run);
  settle();
}

function afterSteps(run: () => void): void {
  if (stepping === undefined) run();
  else waiting.push(run);
}
