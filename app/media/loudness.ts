/** The number of parts of a waveform in a message. */
const PARTS = 48;

/**
 * Loudness measured at equal intervals, from 0 to 1, as the base64 of one byte for each part: each part is as loud as its loudest
 * moment, and the loudest part fills the height, so that a quiet voice is visible too.
 */
export function waveformOf(levels: readonly number[]): string {
  if (levels.length === 0) return '';
  const parts = Math.min(PARTS, levels.length);
  const loudest = Math.max(...levels, Number.MIN_VALUE);
  const bytes = Array.from({ length: parts }, (_, part) => {
    const from = Math.floor((part * levels.length) / parts);
    const to = Math.floor(((part + 1) * levels.length) / parts);
    return Math.round((255 * Math.max(...levels.slice(from, to))) / loudest);
  });
  return btoa(String.fromCharCode(...bytes));
}

/** From 0 to 1 each; empty for a waveform that is absent or broken, which anybody may have sent. */
export function loudnessOf(waveform: string | undefined): number[] {
  if (waveform === undefined) return [];
  try {
    return Array.from(atob(waveform), (byte) => byte.charCodeAt(0) / 255).slice(0, 300);
  } catch {
    return [];
  }
}
