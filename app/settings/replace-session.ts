import type { HttpProblem, Outcome } from '#app/http/request.ts';

/** Runs a request that replaces the user's session by a new one. Resolves to the problem, or to undefined. [SEC-23] */
export type ReplaceSession = (run: () => Promise<Outcome<unknown>>) => Promise<HttpProblem | undefined>;
