import * as v from 'valibot';
import { Failure } from '#protocol/errors.ts';

/**
 * What keeps the app from its server, although something answers. `page`: a page from something else, usually the sign-in page of
 * a network or a proxy. `gateway`: a proxy whose server does not answer. `address`: our server, but configured for another
 * address.
 */
export const Obstacle = v.picklist(['page', 'gateway', 'address']);
export type Obstacle = v.InferOutput<typeof Obstacle>;

const NETWORK_AUTHENTICATION_REQUIRED = 511;

/**
 * The obstacle that a response to one of our own requests reveals, if any. Our server never redirects such a request and answers
 * it in JSON. `body`: the parsed answer, or undefined if it is not JSON; the page of a proxy never counts as an answer of ours.
 */
export function obstacleOf({ type, status }: Pick<Response, 'type' | 'status'>, body: unknown): Obstacle | undefined {
  // With `redirect: 'manual'` a browser hides the status, Node shows it.
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) return 'page';
  if (body === undefined) return status >= 500 && status !== NETWORK_AUTHENTICATION_REQUIRED ? 'gateway' : 'page';
  const failure = v.safeParse(Failure, body);
  return failure.success && failure.output.error.path === 'origin' ? 'address' : undefined;
}
