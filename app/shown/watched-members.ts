import { MAX_WATCHED } from '#protocol/limits.ts';

/** As many members of the open chat are watched: whoever is online in a larger group can't be counted. [LV8] */
export const WATCHED_MEMBERS = MAX_WATCHED / 2;
