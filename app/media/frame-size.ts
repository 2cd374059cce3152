const MAX_WIDTH = 320;
const MAX_HEIGHT = 360;
const MIN_SIDE = 96;

/** The box of a picture or a film in its message, in CSS pixels: known before any of it is loaded, so that nothing moves. */
export function frameSize(width: number | undefined, height: number | undefined): { width: number; height: number } {
  if (width === undefined || height === undefined || width === 0 || height === 0)
    return { width: MAX_WIDTH, height: (MAX_WIDTH * 9) / 16 };
  const scale = Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height);
  return {
    width: Math.max(MIN_SIDE, Math.round(width * scale)),
    height: Math.max(MIN_SIDE, Math.round(height * scale)),
  };
}
