/** How a picture is shown: scaled about the middle of the stage, then moved by this many pixels. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const FITTED: View = { scale: 1, x: 0, y: 0 };
export const MAX_SCALE = 8;
/** The scale of a double tap and the button: details are visible, but not single pixels. */
export const CLOSE_UP = 2.5;

/** The place under the fingers, counted from the middle of the stage, stays where it is. */
export function zoomed({ scale, x, y }: View, factor: number, at: { x: number; y: number }): View {
  const next = Math.min(MAX_SCALE, Math.max(1, scale * factor));
  const by = next / scale;
  return { scale: next, x: at.x - (at.x - x) * by, y: at.y - (at.y - y) * by };
}

/** A picture that is larger than the stage can be moved up to its edges, and any other one stays in the middle. */
export function bounded({ scale, x, y }: View, picture: Size, stage: Size): View {
  const within = (offset: number, size: number, room: number) => {
    const most = Math.max(0, (size * scale - room) / 2);
    return Math.min(most, Math.max(-most, offset));
  };
  return { scale, x: within(x, picture.width, stage.width), y: within(y, picture.height, stage.height) };
}

export type Swipe = 'next' | 'previous' | 'close' | undefined;

const FLICK_PX = 30;
const FLICK_PX_PER_MS = 0.4;
const CLOSE_PX = 110;

/**
 * The meaning of a finger's movement over a fitted picture: a quarter of the stage or a flick goes to the next one, and a pull
 * down closes.
 */
export function swipeOf({ x, y, ms }: { x: number; y: number; ms: number }, stage: Size): Swipe {
  const [across, down] = [Math.abs(x), Math.abs(y)];
  if (down > across) return y > CLOSE_PX ? 'close' : undefined;
  const isFlick = across > FLICK_PX && across / Math.max(1, ms) > FLICK_PX_PER_MS;
  if (across < stage.width / 4 && !isFlick) return undefined;
  return x < 0 ? 'next' : 'previous';
}
