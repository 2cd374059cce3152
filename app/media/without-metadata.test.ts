import sharp from 'sharp';
import { expect, test } from 'vitest';
import { testFiles } from '#server/media/testing/files.fixture.ts';
import { withoutMetadata } from './without-metadata.ts';

async function cleaned(file: Buffer, mime: string): Promise<Buffer | undefined> {
  const parts = withoutMetadata(new Uint8Array(file), mime);
  return parts && Buffer.from(await new Blob(parts).arrayBuffer());
}

const pixelsOf = async (file: Buffer) => (await sharp(file).autoOrient().raw().toBuffer()).toString('base64');
const exif = { IFD0: { Make: 'Secret Camera' }, IFD3: { GPSLatitude: '47/1 22/1 0/1', GPSLatitudeRef: 'N' } };
const striped = () => sharp({ create: { width: 30, height: 20, channels: 3, background: '#c84' } });

test('[MD8] the location and the camera are removed from a photo, and every pixel stays the same', async () => {
  const photo = await testFiles.jpegFromCamera();
  const clean = (await cleaned(photo, 'image/jpeg')) ?? Buffer.alloc(0);
  expect([photo.includes('Secret Camera'), clean.includes('Secret Camera')]).toEqual([true, false]);
  const { orientation, exif: left, width, height } = await sharp(clean).metadata();
  // It still has the orientation of the camera, and nothing else.
  expect([orientation, left?.length, width, height]).toEqual([6, 32, 60, 40]);
  expect(await pixelsOf(clean)).toBe(await pixelsOf(photo));
  expect(await cleaned(clean, 'image/jpeg')).toEqual(clean);
});

test.each(['png', 'webp'] as const)('[MD8] a %s loses its metadata, and its picture stays the same', async (format) => {
  const file = await striped().toFormat(format, { lossless: true }).withExif(exif).toBuffer();
  const clean = (await cleaned(file, `image/${format}`)) ?? Buffer.alloc(0);
  expect([file.includes('Secret Camera'), clean.includes('Secret Camera')]).toEqual([true, false]);
  expect((await sharp(clean).metadata()).exif).toBeUndefined();
  expect(await pixelsOf(clean)).toBe(await pixelsOf(file));
});

test('a file that is not of its type, or ends too early, is left to the server', async () => {
  const photo = await testFiles.jpegFromCamera();
  for (const mime of ['image/jpeg', 'image/png', 'image/webp']) {
    expect(await cleaned(testFiles.pdf(), mime)).toBeUndefined();
    expect(await cleaned(Buffer.alloc(0), mime)).toBeUndefined();
  }
  for (const length of [3, 10, 40]) expect(await cleaned(photo.subarray(0, length), 'image/jpeg')).toBeUndefined();
  const png = await testFiles.png();
  expect(await cleaned(png.subarray(0, 40), 'image/png')).toBeUndefined();
  const gif = await testFiles.gif();
  expect(await cleaned(gif, 'image/gif')).toEqual(gif);
});
