import type { PickedFile, PictureArea } from '#app/local-store/files.ts';

/** Types that the canvas reads and writes with a loss of quality only. An animation would lose its movement. */
const EDITABLE = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/avif']);
/** Some phones draw no larger canvas. */
const MOST_PIXELS = 16_000_000;
const QUALITY = 0.92;
const WHOLE: PictureArea = { x: 0, y: 0, width: 100, height: 100 };

export type Edit = Pick<NonNullable<PickedFile['edited']>, 'turns' | 'area'>;

export const noEdit: Edit = { turns: 0, area: WHOLE };

export function isEditable({ type }: Pick<File, 'type'>): boolean {
  return EDITABLE.has(type);
}

export function isUnchanged({ turns, area }: Edit): boolean {
  return turns === 0 && area.x === 0 && area.y === 0 && area.width === 100 && area.height === 100;
}

/** The same edit after another quarter turn to the right; the content of the area stays the same. */
export function turnedRight({ turns, area: { x, y, width, height } }: Edit): Edit {
  return { turns: (turns + 1) % 4, area: { x: 100 - y - height, y: x, width: height, height: width } };
}

/** A turned picture, no larger than these pixels. */
export function drawTurned(picture: ImageBitmap, turns: number, pixels: number): OffscreenCanvas {
  const scale = Math.min(1, Math.sqrt(pixels / (picture.width * picture.height)));
  const [width, height] = [picture.width * scale, picture.height * scale].map((side) => Math.max(1, Math.round(side)));
  if (width === undefined || height === undefined) throw new Error('a picture has two sides');
  const canvas = turns % 2 === 0 ? new OffscreenCanvas(width, height) : new OffscreenCanvas(height, width);
  const context = contextOf(canvas);
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((turns * Math.PI) / 2);
  context.drawImage(picture, -width / 2, -height / 2, width, height);
  return canvas;
}

/** The chosen part of a picture, as a new file without the metadata that a camera stored in it. */
export async function editedFile(picture: ImageBitmap, { name, type }: File, { turns, area }: Edit): Promise<File> {
  const whole = drawTurned(picture, turns, MOST_PIXELS);
  const pixels = (percent: number, side: number) => Math.round((percent * side) / 100);
  const width = Math.max(1, pixels(area.width, whole.width));
  const height = Math.max(1, pixels(area.height, whole.height));
  const kept = new OffscreenCanvas(width, height);
  contextOf(kept).drawImage(whole, -pixels(area.x, whole.width), -pixels(area.y, whole.height));
  const content = await kept.convertToBlob({ type: type === 'image/avif' ? 'image/webp' : type, quality: QUALITY });
  // A browser that cannot write this type writes another one.
  const ending = content.type === type ? undefined : content.type.replace('image/', '');
  return new File([content], ending === undefined ? name : `${name.replace(/\.[^.]*$/, '')}.${ending}`, content);
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('the browser draws nothing');
  return context;
}
