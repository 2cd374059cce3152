/** In the build, stands for the router's parser of patterns, which nothing calls: `routes.ts` reads the paths. */
export const parse = undefined;
