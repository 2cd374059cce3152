import { thumbHashToDataURL } from 'thumbhash';

/** Rows appear and disappear while a list is scrolled, and drawing a placeholder takes about 0.3 ms. */
const MOST_KEPT = 300;
const kept = new Map<string, string>();

/** The address of the blurred picture that came with the message; undefined if it is broken. */
export function placeholderOf(thumbhash: string | undefined): string | undefined {
  if (thumbhash === undefined) return undefined;
  const known = kept.get(thumbhash);
  if (known !== undefined) return known;
  try {
    const drawn = thumbHashToDataURL(Uint8Array.from(atob(thumbhash), (sign) => sign.charCodeAt(0)));
    const [oldest] = kept.keys();
    if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(thumbhash, drawn);
    return drawn;
  } catch {
    return undefined;
  }
}
