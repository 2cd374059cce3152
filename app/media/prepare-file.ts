import { rgbaToThumbHash } from 'thumbhash';
import type { Attachment, AttachmentKind } from '#protocol/record.ts';
import { withoutMetadata } from './without-metadata.ts';

/** What this device finds out about a file, so that its message looks the same before and after it is sent. */
export interface PreparedFile {
  file: File;
  kind: AttachmentKind;
  facts: Pick<Attachment, 'width' | 'height' | 'thumbhash' | 'durationMs' | 'waveform'>;
  preview?: Blob;
}

const PICTURES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif']);
const PREVIEW_PX = 720;
const THUMBHASH_PX = 100;
/** A film that does not say how long it is within this time is sent without that. */
const MEASURED_WITHIN_MS = 4_000;

/** `asFile`: a picture is not looked at, and keeps everything that the camera wrote into it. */
export async function prepareFile(file: File, asFile: boolean): Promise<PreparedFile> {
  const plain: PreparedFile = { file, kind: 'document', facts: {} };
  try {
    if (PICTURES.has(file.type)) return asFile ? plain : { file: await cleaned(file), ...(await measurePicture(file)) };
    if (file.type.startsWith('video/')) return { ...plain, kind: 'video', facts: await measureFilm(file, 'video') };
    if (file.type.startsWith('audio/')) return { ...plain, kind: 'audio', facts: await measureFilm(file, 'audio') };
  } catch {
    // It is not what its name says, or this browser cannot decode it. The server decides what it is.
  }
  return plain;
}

/** The place where a picture was taken does not leave the device. [MD8] */
async function cleaned(file: File): Promise<File> {
  const parts = withoutMetadata(new Uint8Array(await file.arrayBuffer()), file.type);
  return parts === undefined ? file : new File(parts, file.name, { type: file.type });
}

async function measurePicture(file: File): Promise<Pick<PreparedFile, 'kind' | 'facts' | 'preview'>> {
  const picture = await createImageBitmap(file);
  const { width, height } = picture;
  try {
    const preview = await drawn(picture, PREVIEW_PX).canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
    const { canvas, context } = drawn(picture, THUMBHASH_PX);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const thumbhash = btoa(String.fromCharCode(...rgbaToThumbHash(canvas.width, canvas.height, data)));
    return { kind: 'image', facts: { width, height, thumbhash }, preview };
  } finally {
    picture.close();
  }
}

function drawn(picture: ImageBitmap, longest: number) {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const size = (side: number) => Math.max(1, Math.round(side * scale));
  const canvas = new OffscreenCanvas(size(picture.width), size(picture.height));
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('the browser draws nothing');
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return { canvas, context };
}

function measureFilm(file: File, element: 'video' | 'audio'): Promise<PreparedFile['facts']> {
  const media = document.createElement(element);
  const address = URL.createObjectURL(file);
  return new Promise<PreparedFile['facts']>((resolve) => {
    const timer = setTimeout(() => resolve({}), MEASURED_WITHIN_MS);
    const end = (facts: PreparedFile['facts']) => {
      clearTimeout(timer);
      resolve(facts);
    };
    media.addEventListener('error', () => end({}));
    media.addEventListener('loadedmetadata', () => {
      const durationMs = Number.isFinite(media.duration) ? { durationMs: Math.round(media.duration * 1_000) } : {};
      const isSeen = media instanceof HTMLVideoElement && media.videoWidth > 0;
      end({ ...durationMs, ...(isSeen ? { width: media.videoWidth, height: media.videoHeight } : {}) });
    });
    media.preload = 'metadata';
    media.src = address;
  }).finally(() => URL.revokeObjectURL(address));
}
