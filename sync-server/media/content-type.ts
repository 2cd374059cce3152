import type { AttachmentKind } from '#protocol/record.ts';

/** The type of a file, by its content; nothing here depends on its name or on the type that the client claims. [MD2] [SEC-60] */
export interface ContentType {
  kind: AttachmentKind;
  mime: string;
}

/** Pictures that every browser draws and that are decoded here. SVG and TIFF are not among them: they are documents. [SEC-63] */
const pictures = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif']);
const videos = new Map([
  ['video/mp4', 'video/mp4'],
  ['video/x-m4v', 'video/mp4'],
  ['video/webm', 'video/webm'],
  ['video/quicktime', 'video/quicktime'],
]);
const sounds = new Map([
  ['audio/mpeg', 'audio/mpeg'],
  ['audio/mp4', 'audio/mp4'],
  ['audio/x-m4a', 'audio/mp4'],
  ['audio/aac', 'audio/aac'],
  ['audio/wav', 'audio/wav'],
  ['audio/ogg', 'audio/ogg'],
  ['audio/ogg; codecs=opus', 'audio/ogg'],
  ['audio/flac', 'audio/flac'],
]);
/** Containers that hold a picture or only sound: browsers record voice in them, and their first bytes do not show which it is. */
const soundInVideo = new Map([
  ['video/mp4', 'audio/mp4'],
  ['video/webm', 'audio/webm'],
]);
/** The types that a document may have in its answer's header; never one that a browser would run or draw. */
const documents =
  /^application\/(?:pdf|zip|x-7z-compressed|x-rar-compressed|gzip|epub\+zip|rtf|msword|vnd\.[a-z0-9.-]+)$/;
const UNKNOWN = 'application/octet-stream';

/**
 * @param found the type that the file's first bytes show, if they show any
 * @param hint the type that the sender wants, used if the content allows it
 */
export function contentType(found: string | undefined, hint: AttachmentKind | undefined): ContentType {
  if (found === undefined) return { kind: 'document', mime: UNKNOWN };
  const video = videos.get(found);
  const sound = sounds.get(found);
  if (hint !== 'document') {
    if (pictures.has(found)) return { kind: 'image', mime: found };
    const isSound = hint === 'voice' || hint === 'audio';
    const soundMime = sound ?? (isSound && video !== undefined ? soundInVideo.get(video) : undefined);
    if (soundMime !== undefined) return { kind: hint === 'voice' ? 'voice' : 'audio', mime: soundMime };
    if (video !== undefined) return { kind: 'video', mime: video };
  }
  const named = pictures.has(found) ? found : (video ?? sound);
  return { kind: 'document', mime: named ?? (documents.test(found) ? found : UNKNOWN) };
}

/** Whether a browser may show it in place. Everything else is only saved. [SEC-60] */
export function isShownInline({ kind }: Pick<ContentType, 'kind'>): boolean {
  return kind !== 'document';
}
