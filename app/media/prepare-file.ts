import { rgbaToThumbHash } from 'thumbhash';
import type { Attachment, AttachmentKind } from '#protocol/record.ts';
import { withoutMetadata } from './without-metadata.ts';

/** What this device finds out about a file, so that its message looks the same before and after it is sent. */
export interface PreparedFile {
  file: File;
  kind: AttachmentKind;
  facts: Pick<Attachment, 'width' | 'height' | 'thumbhash' | 'durationMs' | 'waveform'>;
  preview?: Blob;
  /** Whether it is a picture or a film that is sent with all its metadata, such as the location. */
  keepsDetails?: true;
}

const PICTURES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif']);
const PREVIEW_PX = 720;
const THUMBHASH_PX = 100;
/** A film whose duration is not known within this time, even on a busy phone, is sent without duration and picture. */
const MEASURED_WITHIN_MS = 15_000;

/**
 * Whether a file is a film, or a picture of a type that is not cleaned here. For other files this is known only when they are
 * prepared.
 */
export function keepsDetails({ type, name }: Pick<File, 'type' | 'name'>): boolean {
  // Some systems do not know the types of files that cameras make.
  if (type === '') return /\.(?:heic|heif|tiff?|dng|mov|mp4)$/i.test(name);
  return (type.startsWith('image/') && !PICTURES.has(type)) || type.startsWith('video/');
}

/** `asFile`: a picture is not decoded, and keeps its metadata. */
export async function prepareFile(file: File, asFile: boolean): Promise<PreparedFile> {
  const plain: PreparedFile = { file, kind: 'document', facts: {} };
  if (keepsDetails(file) || PICTURES.has(file.type)) plain.keepsDetails = true;
  try {
    if (PICTURES.has(file.type)) return asFile ? plain : { file: await cleaned(file), ...(await measurePicture(file)) };
    if (file.type.startsWith('video/')) return { ...plain, kind: 'video', ...(await measureFilm(file, 'video')) };
    if (file.type.startsWith('audio/')) return { ...plain, kind: 'audio', ...(await measureFilm(file, 'audio')) };
  } catch {
    // It is not of the type that its name suggests, or this browser cannot decode it. The server determines its type.
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
    const { preview, thumbhash } = await inSmall(picture);
    return { kind: 'image', facts: { width, height, thumbhash }, preview };
  } finally {
    picture.close();
  }
}

async function inSmall(picture: ImageBitmap): Promise<{ preview: Blob; thumbhash: string }> {
  const preview = await drawn(picture, PREVIEW_PX).canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
  const { canvas, context } = drawn(picture, THUMBHASH_PX);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { preview, thumbhash: btoa(String.fromCharCode(...rgbaToThumbHash(canvas.width, canvas.height, data))) };
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

type Measured = Pick<PreparedFile, 'facts' | 'preview'>;

async function measureFilm(file: File, element: 'video' | 'audio'): Promise<Measured> {
  const media = document.createElement(element);
  const address = URL.createObjectURL(file);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, MEASURED_WITHIN_MS);
  });
  const measured: Measured = { facts: {} };
  try {
    media.muted = true;
    media.preload = 'auto';
    media.src = address;
    // A file that the browser cannot play is sent with what is known about it.
    await Promise.race([measure(media, measured).catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
    media.removeAttribute('src');
    URL.revokeObjectURL(address);
  }
  return measured;
}

/** Fills in the facts of the file step by step, so that those known in time are used. */
async function measure(media: HTMLMediaElement, measured: Measured): Promise<void> {
  await happened(media, 'loadedmetadata');
  if (Number.isFinite(media.duration)) measured.facts = { durationMs: Math.round(media.duration * 1_000) };
  if (!(media instanceof HTMLVideoElement) || media.videoWidth === 0) return;
  measured.facts = { ...measured.facts, width: media.videoWidth, height: media.videoHeight };
  // Many films start with a black picture.
  media.currentTime = Number.isFinite(media.duration) ? Math.min(1, media.duration / 4) : 0;
  await happened(media, 'seeked');
  const picture = await createImageBitmap(media);
  const { preview, thumbhash } = await inSmall(picture);
  picture.close();
  measured.preview = preview;
  measured.facts = { ...measured.facts, thumbhash };
}

function happened(media: HTMLMediaElement, event: 'loadedmetadata' | 'seeked'): Promise<void> {
  return new Promise((resolve, reject) => {
    media.addEventListener(event, () => resolve(), { once: true });
    media.addEventListener('error', () => reject(new Error('the browser cannot play it')), { once: true });
  });
}
