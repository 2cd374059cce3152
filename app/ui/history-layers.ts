/*
 * The browser's Back, and the gesture for it on phones, closes the topmost of what is open above a page, such as a menu or a
 * dialog. Each has an entry of the history, which is removed when it closes in another way. Loaded with the first of them.
 */

import { layerEntries } from './layer-entries.ts';

/** What is open above the page. */
interface Layer {
  close: () => void;
}

/** A browser that drops a step back does not report it. */
const LOST_AFTER_MS = 1_000;

/** From the lowest to the topmost. */
const layers: Layer[] = [];
const waiting: (() => void)[] = [];
/** Runs while this file itself goes back in the history. */
let stepping: ReturnType<typeof setTimeout> | undefined;
let settling: ReturnType<typeof setTimeout> | undefined;
let enter: History['pushState'] | undefined;

/** Returns a function that removes the layer. */
export function addLayer(layer: Layer): () => void {
  enter ??= watchHistory();
  layers.push(layer);
  settle();
  return () => {
    const at = layers.indexOf(layer);
    if (at !== -1) layers.splice(at, 1);
    settle();
  };
}

/** Returns the function that adds an entry for a layer. Any other new entry is one for a page. */
function watchHistory(): History['pushState'] {
  addEventListener('popstate', () => {
    if (stepping !== undefined) return arrived();
    for (const { close } of layers.splice(layerEntries()).toReversed()) close();
    // Forward leads to the entries of what was closed.
    return settle();
  });
  const push = history.pushState.bind(history);
  // The router's own hook for this would be part of the first load.
  history.pushState = (...page) => {
    layers.length = 0;
    afterSteps(() => {
      // The new page takes the place of the lowest layer.
      if (layerEntries() > 1) step(layerEntries() - 1);
      afterSteps(() => (layerEntries() > 0 ? history.replaceState(...page) : push(...page)));
    });
  };
  return push;
}

/** Brings the history in line with the layers. Later, so that a dialog takes over the entry of the menu that opened it. */
function settle(): void {
  clearTimeout(settling);
  settling = setTimeout(() => {
    if (stepping !== undefined) return;
    const surplus = layerEntries() - layers.length;
    if (surplus > 0) return step(surplus);
    for (let layer = layerEntries() + 1; layer <= layers.length; layer += 1) enter?.({ layer }, '');
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
