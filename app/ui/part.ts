import { lazy, type ComponentType } from 'react';

const LONGEST_PAUSE_MS = 15_000;
const RELOADED = 'reloaded-for-chunk';

/**
 * A part of the app that is fetched when it is first drawn. On a link that comes and goes it is asked for until it is there;
 * meanwhile its `Suspense` shows the fallback, and everything else goes on.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- as `lazy` itself has it: any component, whatever its properties
export function part<T extends ComponentType<any>>(load: () => Promise<{ default: T }>) {
  return lazy(() => fetched(load));
}

/** How Chromium, Firefox, Safari and Vite say that a file didn't come. Whatever else is thrown is a defect of ours. */
const NOT_FETCHED = /dynamically imported module|Importing a module script failed|preload CSS/;

/**
 * Imports, however often the network refuses. A chunk of an older build that is gone from the server loads the page again,
 * once, for a loop would help nobody; then it is an error. [S5]
 */
export async function fetched<T>(load: () => Promise<T>): Promise<T> {
  for (let pauseMs = 1_000; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await load();
    } catch (error) {
      if (!NOT_FETCHED.test(String(error))) throw error;
      if (await isGone(error)) {
        if (sessionStorage.getItem(RELOADED) !== null) throw error;
        sessionStorage.setItem(RELOADED, '1');
        location.reload();
      }
      await pauseOrOnline(pauseMs);
    }
  }
}

function pauseOrOnline(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener('online', go);
      resolve();
    };
    const timer = setTimeout(go, ms);
    addEventListener('online', go);
  });
}

/** Whether the server itself says so; a network that says nothing proves nothing. */
async function isGone(error: unknown): Promise<boolean> {
  const [address] = /(?:https?:\/\/|\/)\S+\.(?:js|css)/.exec(String(error)) ?? [];
  if (address === undefined) return false;
  try {
    return (await fetch(address, { method: 'HEAD', cache: 'no-store' })).status === 404;
  } catch {
    return false;
  }
}
