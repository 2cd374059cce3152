const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a request's `Origin` is ours. A request without the header is not a browser's cross-site request. Ours is
 * `publicOrigin` if it is set, and otherwise the origin that the request was sent to; the machine's names for itself count as
 * equal. [HT1] [SEC-40]
 */
export function isOwnOrigin(origin: string | undefined, host: string | undefined, publicOrigin?: string): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false; // also `null`, the origin of sandboxed pages
  const from = new URL(origin);
  if (from.origin !== origin) return false;
  if (publicOrigin !== undefined) return from.origin === publicOrigin;
  const address = `${from.protocol}//${host ?? ''}`;
  if (host === undefined || !URL.canParse(address)) return false;
  const to = new URL(address);
  return nameOf(from) === nameOf(to) && from.port === to.port;
}

function nameOf({ hostname }: URL): string {
  return loopbackNames.has(hostname) ? 'localhost' : hostname;
}
