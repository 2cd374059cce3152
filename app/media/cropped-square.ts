export interface Crop {
  /** 1: the largest square that the picture has. */
  zoom: number;
  /** Of the square, in the picture's pixels. */
  x: number;
  y: number;
}

/** The square of a picture that is kept, moved to lie within the picture. */
export function croppedSquare(width: number, height: number, { zoom, x, y }: Crop) {
  const side = Math.min(width, height) / Math.max(1, zoom);
  const within = (middle: number, length: number) => Math.min(Math.max(middle, side / 2), length - side / 2);
  const [middleX, middleY] = [within(x, width), within(y, height)];
  return { side, left: middleX - side / 2, top: middleY - side / 2, x: middleX, y: middleY };
}
