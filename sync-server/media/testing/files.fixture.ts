import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 80, b: 40 } } });

/** Real files, generated for the test. */
export const testFiles = {
  png: (width = 60, height = 40) => plain(width, height).png().toBuffer(),
  /** A valid picture of any size, in few bytes: one bit per pixel. */
  whitePng(width: number, height: number) {
    const chunk = (type: string, body: Buffer) => {
      const typed = Buffer.concat([Buffer.from(type), body]);
      const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
      length.writeUInt32BE(body.length);
      sum.writeUInt32BE(crc32(typed));
      return Buffer.concat([length, typed, sum]);
    };
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head[8] = 1;
    const row = Buffer.alloc(1 + Math.ceil(width / 8), 0xff).fill(0, 0, 1);
    const rows = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
    const signature = Buffer.from('89504e470d0a1a0a', 'hex');
    return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
  },
  gif: () => plain(20, 20).gif().toBuffer(),
  webp: () => plain(20, 20).webp().toBuffer(),
  avif: () => plain(20, 20).avif({ effort: 0 }).toBuffer(),
  /** Stored rotated, with the location where it was taken. */
  jpegFromCamera: () =>
    plain(60, 40)
      .jpeg()
      .withExif({
        IFD0: { Make: 'Secret Camera', Orientation: '6' },
        IFD3: { GPSLatitude: '47/1 22/1 0/1', GPSLatitudeRef: 'N', GPSLongitude: '8/1 32/1 0/1', GPSLongitudeRef: 'E' },
      })
      .withMetadata({ orientation: 6 })
      .toBuffer(),
  svg: () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
  html: () => Buffer.from('<!doctype html><script>alert(1)</script>'),
  pdf: () => Buffer.from('%PDF-1.4\n%\u00e2\u00e3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n', 'latin1'),
  zip: () => Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64'),
  wav: () =>
    Buffer.from('524946462400000057415645666d74201000000001000100401f0000803e0000020010006461746100000000', 'hex'),
};

/** The form of an upload, in the order that the protocol requires. */
export function uploadForm(
  stream: string,
  content: Uint8Array,
  name: string,
  fields: Record<string, string> = {},
): FormData {
  const form = new FormData();
  form.append('stream', stream);
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append('file', new Blob([Buffer.from(content)]), name);
  return form;
}
