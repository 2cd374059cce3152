/**
 * Where the manifest's `share_target` posts to, and the page that then takes over. Separate from the rest of sharing, which is
 * rarely needed.
 */
export const SHARE_PATH = '/share';
export const SHARED_PAGE = '/?shared';

/** The cache of what was shared and has not been taken yet. */
export const SHARED_CACHE = 'shared-in';
