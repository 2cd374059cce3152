/** The facts about a browser that decide how its notifications are allowed. */
export interface BrowserKind {
  userAgent: string;
  /** iPads claim to be Macs, which have no touch screen. */
  maxTouchPoints: number;
  /** The app has a window of its own. */
  isInstalled: boolean;
}

/** Where a person can undo a refusal; each place has a sentence in the words. */
export type Unblocking = 'installed' | 'ios' | 'android' | 'firefox' | 'safari' | 'chrome';

export function unblockingIn(browser: BrowserKind): Unblocking {
  const { userAgent, isInstalled } = browser;
  if (isAppleMobile(browser)) return 'ios';
  if (isInstalled) return 'installed';
  if (/android/iu.test(userAgent)) return 'android';
  if (/firefox\//iu.test(userAgent)) return 'firefox';
  // Chrome and Edge also claim to be Safari.
  return /safari\//iu.test(userAgent) && !/chrom(?:e|ium)\//iu.test(userAgent) ? 'safari' : 'chrome';
}

/** There, only an app on the Home Screen may notify. */
export function isAppleMobile({ userAgent, maxTouchPoints }: Omit<BrowserKind, 'isInstalled'>): boolean {
  return /iphone|ipad|ipod/iu.test(userAgent) || (/macintosh/iu.test(userAgent) && maxTouchPoints > 1);
}

export function thisBrowser(): BrowserKind {
  const { userAgent, maxTouchPoints } = navigator;
  return { userAgent, maxTouchPoints, isInstalled: matchMedia('(display-mode: standalone)').matches };
}
