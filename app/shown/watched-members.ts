import { MAX_WATCHED } from '#protocol/limits.ts';

/** How many members of the open chat are watched; in a larger group, the people online can't be counted. [LV8] */
export const WATCHED_MEMBERS = MAX_WATCHED / 2;
