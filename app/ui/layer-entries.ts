/** How many entries of the history, this one included, belong to what is open above the page. */
export const layerEntries = () => (history.state as { layer?: number } | null)?.layer ?? 0;
