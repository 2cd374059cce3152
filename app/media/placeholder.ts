import { thumbHashToDataURL } from 'thumbhash';

/** The address of the blurred picture that came with the message; undefined also for one that is broken. */
export function placeholderOf(thumbhash: string | undefined): string | undefined {
  if (thumbhash === undefined) return undefined;
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(thumbhash), (sign) => sign.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
