const MAX_LENGTH = 200;

/**
 * A name that may be shown and proposed for saving: without folders, control characters and marks that change the direction of
 * the text (`exe.gpj` would read as `jpg.exe`). It is never used as a path here. [MD3] [SEC-61]
 */
export function shownFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .replaceAll(/[<>:"|?*]/g, '_')
    .trim();
  const short = shortened(plain);
  return /^[\s.]*$/.test(short) ? 'file' : short;
}

/** Keeps the extension, which shows the type of the file. */
function shortened(name: string): string {
  if (name.length <= MAX_LENGTH) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : '';
  return (name.slice(0, MAX_LENGTH - ending.length) + ending).replaceAll(/\p{Cs}/gu, '');
}

/** For the header with the name for saving: plain letters for old clients, and the full name encoded. */
export function contentDisposition(way: 'inline' | 'attachment', name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `${way}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
