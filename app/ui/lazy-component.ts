import {
  createElement,
  lazy,
  Suspense,
  useEffect,
  useState,
  type ComponentProps,
  type ComponentType,
  type FunctionComponent,
} from 'react';

const LONGEST_PAUSE_MS = 15_000;
const RELOADED = 'reloaded-for-chunk';

/**
 * A component whose code is fetched when it is first rendered, or earlier by `fetch`; `fetched` resolves once it is here. Over an unreliable link the import is retried
 * until it succeeds; meanwhile its `Suspense` shows the fallback, and the rest of the app keeps working.
 *
 * A component that is loaded already is drawn at once. React's own `lazy` would show the fallback even then, and React replaces a
 * fallback after 300 ms at the earliest.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- as in React's own `lazy`: any component, whatever its props
export function lazyComponent<T extends ComponentType<any>>(load: () => Promise<{ default: T }>) {
  let here: T | undefined;
  let fetching: Promise<{ default: T }> | undefined;
  let arrive = () => {};
  const fetched = new Promise<void>((resolve) => (arrive = resolve));
  const fetch = () =>
    (fetching ??= importWithRetry(load).then((module) => {
      here = module.default;
      arrive();
      return module;
    }));
  const later = lazy(fetch);
  function Component(props: ComponentProps<T>) {
    // Kept while it is mounted, because React would mount a different component anew.
    const [{ shown }] = useState(() => ({ shown: (here ?? later) as ComponentType<ComponentProps<T>> }));
    return createElement(shown, props);
  }
  return Object.assign(Component, { fetch, fetched });
}

/**
 * Like `lazyComponent`, for parts that are not missed until their code is loaded: a menu, a dialog, an offer. It does not
 * suspend, because React would then show it 300 ms later, however soon its code has arrived.
 */
export function lazyExtra<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): FunctionComponent<P> {
  const Loaded = lazyComponent(load);
  let isHere = false;
  return (props) => {
    const [isShown, setShown] = useState(isHere);
    useEffect(() => {
      // If the code throws, it does so where it is drawn, for the nearest error boundary.
      const show = () => {
        isHere = true;
        setShown(true);
      };
      void Loaded.fetch().then(show, show);
    }, []);
    const loaded: ComponentType<P> = Loaded;
    return isShown ? createElement(Suspense, { fallback: null }, createElement(loaded, props)) : null;
  };
}

/** How Chromium, Firefox, Safari and Vite report a file that could not be fetched. Any other error is a defect of ours. */
const NOT_FETCHED = /dynamically imported module|Importing a module script failed|preload CSS/;

/**
 * Retries an import for as long as the network fails. A chunk of an older build that no longer exists on the server reloads
 * the page, but only once, to avoid a reload loop; the second time it is an error. [S5]
 */
export async function importWithRetry<T>(load: () => Promise<T>): Promise<T> {
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
    const resume = () => {
      clearTimeout(timer);
      removeEventListener('online', resume);
      resolve();
    };
    const timer = setTimeout(resume, ms);
    addEventListener('online', resume);
  });
}

/** Whether the server itself answers 404. A failing network proves nothing. */
async function isGone(error: unknown): Promise<boolean> {
  const [address] = /(?:https?:\/\/|\/)\S+\.(?:js|css)/.exec(String(error)) ?? [];
  if (address === undefined) return false;
  try {
    return (await fetch(address, { method: 'HEAD', cache: 'no-store' })).status === 404;
  } catch {
    return false;
  }
}
