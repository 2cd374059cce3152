import { Workbox } from 'workbox-window';

type ScriptAddress = ConstructorParameters<typeof Workbox>[0];

/** The part of Trusted Types that is used here, if the browser has them. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (address: string) => string },
  ): { createScriptURL(address: string): ScriptAddress };
}

/** The app's service worker. The server's policy for pages allows no other script. [SEC-46] */
export function appWorker(): Workbox {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('service-worker', { createScriptURL: () => '/sw.js' });
  return new Workbox(policy?.createScriptURL('/sw.js') ?? '/sw.js');
}
