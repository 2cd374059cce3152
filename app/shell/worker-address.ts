import type { Workbox } from 'workbox-window';

type Address = ConstructorParameters<typeof Workbox>[0];

/** The part of Trusted Types that is used here, if the browser has them. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (address: string) => string },
  ): { createScriptURL(address: string): Address };
}

/** The script of the app's service worker. The server lets a page start no other script, and create this policy only once. [SEC-46] */
export function workerAddress(): Address {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('service-worker', { createScriptURL: () => '/sw.js' });
  return policy?.createScriptURL('/sw.js') ?? '/sw.js';
}
