import { ECDH } from 'node:crypto';

/** Whether these bytes in base64url are an uncompressed point on P-256. Nothing can be encrypted for other values. */
export function isCurvePoint(p256dh: string): boolean {
  const bytes = Buffer.from(p256dh, 'base64url');
  if (bytes.length !== 65 || bytes[0] !== 4) return false;
  try {
    ECDH.convertKey(bytes, 'prime256v1', undefined, undefined, 'uncompressed');
    return true;
  } catch {
    return false;
  }
}
