/** Where the manifest's `share_target` posts to, and the page that then takes over. Apart from the rest, which few starts need. */
export const SHARE_PATH = '/share';
export const SHARED_PAGE = '/?shared';

/** The cache of what was shared and not taken yet. */
export const SHARED_CACHE = 'shared-in';
