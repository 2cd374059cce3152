import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { createTurns } from './turns.ts';

/** Above this a picture is not decoded at all, so a small file cannot take gigabytes of memory. [SEC-63] */
export const MAX_PIXELS = 64_000_000;
const DECODED_WITHIN_S = 20;
/** The longer side of a thumbnail, in pixels: enough for a bubble on a dense screen. */
const THUMBNAIL_PX = 720;
/** Of 6. The default, 4, takes twice the time for a file of the same size. */
const THUMBNAIL_EFFORT = 2;
/** Larger pictures have no thumbhash. */
const THUMBHASH_PX = 100;

/** Decoding takes a core and up to 256 MB, so only two run at once. [SEC-63] */
const inTurn = createTurns(2);
sharp.cache(false);
sharp.concurrency(1);

export interface Picture {
  /** The size as it is shown, after the orientation was applied. */
  width: number;
  height: number;
  /** Base64. */
  thumbhash: string;
  /** WebP. */
  thumbnail: Buffer;
  /** Whether a copy without the metadata of the camera was written. */
  isCleaned: boolean;
}

/**
 * Measures a picture and makes its thumbnail. If it has metadata, which may include the location, a copy without it is written to
 * `cleanPath`. Undefined if it cannot be decoded, or has too many pixels. [MD8]
 */
export function readPicture(path: string, cleanPath: string): Promise<Picture | undefined> {
  return inTurn(async () => {
    try {
      const { autoOrient, exif, xmp, iptc, pages = 1, format } = await decoder(path).metadata();
      // Decoding costs most, so both small pictures are made from the same pixels.
      const { data, info } = await decoder(path)
        .autoOrient()
        .toColourspace('srgb')
        .resize({ width: THUMBNAIL_PX, height: THUMBNAIL_PX, fit: 'inside', withoutEnlargement: true })
        .raw()
        .toBuffer({ resolveWithObject: true });
      const small = () => sharp(data, { raw: info }).timeout({ seconds: DECODED_WITHIN_S });
      const thumbnail = await small().webp({ quality: 78, effort: THUMBNAIL_EFFORT }).toBuffer();
      const hasMetadata = exif !== undefined || xmp !== undefined || iptc !== undefined;
      if (hasMetadata) await encodedAs(format, decoder(path, pages > 1)).toFile(cleanPath);
      return {
        width: autoOrient.width,
        height: autoOrient.height,
        thumbhash: await thumbhashOf(small()),
        thumbnail,
        isCleaned: hasMetadata,
      };
    } catch {
      return undefined; // broken, or too large: it is kept as a document
    }
  });
}

function decoder(input: string, animated = false): Sharp {
  return sharp(input, { limitInputPixels: MAX_PIXELS, failOn: 'error', animated }).timeout({
    seconds: DECODED_WITHIN_S,
  });
}

/** Without its metadata, upright, and with its colour profile. */
function encodedAs(format: string, picture: Sharp): Sharp {
  const upright = picture.autoOrient().keepIccProfile();
  if (format === 'jpeg') return upright.jpeg({ quality: 90 });
  if (format === 'png') return upright.png();
  if (format === 'webp') return upright.webp({ quality: 90 });
  if (format === 'heif') return upright.avif({ quality: 70, effort: 2 });
  return upright.gif();
}

async function thumbhashOf(picture: Sharp): Promise<string> {
  const { data, info } = await picture
    .resize({ width: THUMBHASH_PX, height: THUMBHASH_PX, fit: 'inside', withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
}
