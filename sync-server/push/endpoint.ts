/** The push services of the browsers in use. A name with a leading dot stands for every host under it. */
const KNOWN_HOSTS: readonly string[] = [
  'fcm.googleapis.com',
  'jmt17.google.com', // what some builds of Chromium use
  'updates.push.services.mozilla.com',
  '.push.services.mozilla.com',
  '.push.apple.com',
  '.notify.windows.com',
];

/**
 * The address of a push service, or undefined: only https on port 443, without user info, on a host of the list. `more` are
 * the operator's own, in the same form. [SEC-65]
 */
export function parseEndpoint(endpoint: string, more: readonly string[]): URL | undefined {
  if (!URL.canParse(endpoint)) return undefined;
  const url = new URL(endpoint);
  const isPlain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
  const { hostname } = url;
  const isListed = [...KNOWN_HOSTS, ...more].some((host) =>
    host.startsWith('.') ? hostname.endsWith(host) : hostname === host,
  );
  return isPlain && isListed ? url : undefined;
}
