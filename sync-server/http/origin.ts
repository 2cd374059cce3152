const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a request may come from the page that its `Origin` names. Without the header it is no browser's cross-site
 * request. `publicOrigin` is the one origin that counts where it is set; else the origin that the request was itself
 * sent to, with this machine's names for itself taken as one. [HT1] [SEC-40]
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
