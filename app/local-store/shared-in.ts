/*
 * What another app shares with this one comes as a form, which the service worker takes and the page sends: nothing of it needs the
 * network. It is kept here for the moment in between.
 */

export interface SharedIn {
  files: File[];
  text: string;
}

const CACHE = 'shared-in';
const NAME = 'x-file-name';

/** Replaces what was shared before. */
export async function keepShared(form: FormData): Promise<void> {
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  const files = form.getAll('files').filter((each) => each instanceof File);
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

/** Only once: what was taken is gone from here. */
export async function takeShared(): Promise<SharedIn> {
  const shared: SharedIn = { files: [], text: '' };
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    const kept = await cache.match(request);
    const name = kept?.headers.get(NAME);
    if (kept === undefined) continue;
    if (typeof name !== 'string') shared.text = await kept.text();
    else {
      const type = kept.headers.get('content-type') ?? '';
      shared.files.push(new File([await kept.blob()], decodeURIComponent(name), { type }));
    }
  }
  await caches.delete(CACHE);
  return shared;
}

/** Whoever signs in next must not find what was shared before. [SEC-49] */
export async function forgetShared(): Promise<void> {
  // Only secure pages have caches, and a browser that blocks site data refuses them: then nothing was kept.
  if ('caches' in globalThis) await caches.delete(CACHE).catch(() => undefined);
}

/** Apps put the address of a page into the text, or beside it, or both. */
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
