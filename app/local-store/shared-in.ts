import type { UserId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { SHARED_CACHE } from './share-paths.ts';

/*
 * What another app shares with this one comes as a form, which the service worker receives and the page sends, without the
 * network. In between it is kept here.
 */

export interface SharedIn {
  files: File[];
  text: string;
  /** Nobody was signed in then, so it may belong to somebody else, and must not be shown before the person asks for it. */
  isUnclaimed: boolean;
}

const NAME = 'x-file-name';
const OWNER = '/shared/owner';
/** The limits of one share. A website can post one too, and must not fill the disk. */
const MOST = { files: 100, bytes: 1_073_741_824 };

/**
 * Whether a post with this referrer may be a share. Apps and the system send no referrer. A website that hides its own is not
 * recognised, so the size of a share is limited as well, and nothing is sent before the person has chosen a chat.
 */
export function mayShare(referrer: string, ownOrigin: string): boolean {
  return !/^https?:/.test(referrer) || new URL(referrer).origin === ownOrigin;
}

/** The files that are kept: none that is too large to be sent, and no more than there is room for. The page says how many. */
export function keptOf<Each extends { size: number }>(files: readonly Each[]): Each[] {
  const kept: Each[] = [];
  let bytes = 0;
  for (const file of files) {
    if (kept.length >= MOST.files) break;
    if (file.size > limits.file || bytes + file.size > MOST.bytes) continue;
    kept.push(file);
    bytes += file.size;
  }
  return kept;
}

/** Replaces what was shared before. `owner`: who is signed in, if anybody is. */
export async function keepShared(form: FormData, owner: UserId | undefined): Promise<void> {
  await caches.delete(SHARED_CACHE);
  const cache = await caches.open(SHARED_CACHE);
  await cache.put(OWNER, new Response(owner ?? ''));
  const files = keptOf(form.getAll('files').filter((each) => each instanceof File));
  for (const [at, file] of files.entries()) {
    const headers = { 'content-type': file.type, [NAME]: encodeURIComponent(file.name) };
    await cache.put(`/shared/${at}`, new Response(file, { headers }));
  }
  const part = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  await cache.put('/shared/text', new Response(sharedText(part('title'), part('text'), part('url'))));
}

/** What was taken is removed from here. Only the person who was signed in when it was shared gets it. [SEC-49] */
export async function takeShared(self: UserId): Promise<SharedIn> {
  const cache = await caches.open(SHARED_CACHE);
  const owner = (await (await cache.match(OWNER))?.text()) ?? '';
  const shared: SharedIn = { files: [], text: '', isUnclaimed: owner === '' };
  for (const request of owner === '' || owner === self ? await cache.keys() : []) {
    const kept = await cache.match(request);
    if (new URL(request.url).pathname === OWNER) continue;
    const name = kept?.headers.get(NAME);
    if (kept === undefined) continue;
    if (typeof name !== 'string') shared.text = await kept.text();
    else {
      const type = kept.headers.get('content-type') ?? '';
      shared.files.push(new File([await kept.blob()], decodeURIComponent(name), { type }));
    }
  }
  await caches.delete(SHARED_CACHE);
  return shared;
}

/** Apps put the address of a page into the text, into a field of its own, or into both. */
export function sharedText(title: string, text: string, url: string): string {
  const parts = [title, text, url].map((part) => part.trim()).filter((part) => part !== '');
  return parts
    .filter((part, at) => !parts.some((other, place) => place !== at && isSaidBy(other, part, place < at)))
    .join('\n');
}

/** Of two equal parts, the first one stays. */
function isSaidBy(other: string, part: string, isBefore: boolean): boolean {
  return other === part ? isBefore : other.includes(part);
}
