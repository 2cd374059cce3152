/** Replaces the router's parser of path patterns in the build. Nothing calls it, because `routes.ts` reads the paths. */
export const parse = undefined;
