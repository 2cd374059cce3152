/*
 * Removes the metadata that a camera or a program has written into a picture (location, time, device, author) from the file; the
 * picture itself stays the same, byte by byte. The server does the same again, for every client. [MD8]
 */

/** Undefined if the file does not have the format of its type; the server then determines what it is. */
export function withoutMetadata(bytes: Uint8Array<ArrayBuffer>, mime: string): BlobPart[] | undefined {
  if (mime === 'image/jpeg') return jpeg(bytes);
  if (mime === 'image/png') return png(bytes);
  if (mime === 'image/webp') return webp(bytes);
  return [bytes];
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const textAt = (bytes: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/** Of the application segments, those of JFIF, colour profiles and Adobe's colours affect how the picture is drawn. */
const DRAWN_BY = new Set([0xe0, 0xe2, 0xee]);
const COMMENT = 0xfe;
const START_OF_SCAN = 0xda;

function jpeg(bytes: Uint8Array<ArrayBuffer>): BlobPart[] | undefined {
  const view = viewOf(bytes);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  const kept: BlobPart[] = [bytes.subarray(0, 2)];
  let turned = 1;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === START_OF_SCAN) return [...kept, ...(turned === 1 ? [] : [orientation(turned)]), bytes.subarray(at)];
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length) return undefined;
    const isForPrograms = (marker >= 0xe0 && marker <= 0xef) || marker === COMMENT;
    if (marker === 0xe1 && textAt(bytes, at + 4, 4) === 'Exif') turned = orientationOf(bytes.subarray(at + 10, end));
    if (!isForPrograms || DRAWN_BY.has(marker)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return undefined;
}

const ORIENTATION = 0x0112;

/** From 1 (upright) to 8, as the camera was held. */
function orientationOf(tiff: Uint8Array): number {
  const view = viewOf(tiff);
  try {
    const isLittle = textAt(tiff, 0, 2) === 'II';
    const first = view.getUint32(4, isLittle);
    const count = view.getUint16(first, isLittle);
    for (let nth = 0; nth < count; nth++) {
      const entry = first + 2 + 12 * nth;
      if (view.getUint16(entry, isLittle) !== ORIENTATION) continue;
      const value = view.getUint16(entry + 8, isLittle);
      return value >= 1 && value <= 8 ? value : 1;
    }
  } catch {
    // It ends too early to be judged.
  }
  return 1;
}

/** Exif data with only the orientation of the camera; without it the picture would be shown rotated. */
function orientation(value: number): Uint8Array<ArrayBuffer> {
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0];
  const head = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1];
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0];
  const body = [...exif, ...head, ...entry, 0, 0, 0, 0];
  return Uint8Array.from([0xff, 0xe1, 0, body.length + 2, ...body]);
}

const PNG_TEXTS = new Set(['eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME']);

function png(bytes: Uint8Array<ArrayBuffer>): BlobPart[] | undefined {
  const view = viewOf(bytes);
  if (textAt(bytes, 1, 3) !== 'PNG') return undefined;
  const kept: BlobPart[] = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    const type = textAt(bytes, at + 4, 4);
    if (end > bytes.length) return undefined;
    if (!PNG_TEXTS.has(type)) kept.push(bytes.subarray(at, end));
    // Bytes after the end of a picture are not part of it.
    if (type === 'IEND') return kept;
    at = end;
  }
  return undefined;
}

/** Bits of the header that say that Exif and XMP follow. */
const WEBP_METADATA = 0x08 | 0x04;

function webp(bytes: Uint8Array<ArrayBuffer>): BlobPart[] | undefined {
  const view = viewOf(bytes);
  if (textAt(bytes, 0, 4) !== 'RIFF' || textAt(bytes, 8, 4) !== 'WEBP') return undefined;
  const kept: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 12; at + 8 <= bytes.length;) {
    const type = textAt(bytes, at, 4);
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + (length % 2);
    if (end > bytes.length) return undefined;
    if (type !== 'EXIF' && type !== 'XMP ') {
      const chunk = bytes.slice(at, end);
      if (type === 'VP8X') chunk[8] = (chunk[8] ?? 0) & ~WEBP_METADATA;
      kept.push(chunk);
    }
    at = end;
  }
  const head = bytes.slice(0, 12);
  viewOf(head).setUint32(4, 4 + kept.reduce((sum, { length }) => sum + length, 0), true);
  return [head, ...kept];
}
