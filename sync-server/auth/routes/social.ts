import * as v from 'valibot';
import { strict, text } from '#protocol/shape.ts';
import type { SignInProvider } from '#server/auth/sign-in-providers.ts';
import { FAILED_PATH } from '#server/auth/sign-in-with.ts';
import { accountRoute, type AccountRoute, userOf } from './account-route.ts';

/** Where a failed link ends: the settings, which show the reason. */
const LINK_FAILED_PATH = '/settings?sign-in=failed';

/** A place in the app. A scheme, a host or a backslash, which browsers read as a slash, would lead elsewhere. [SEC-21] */
const Path = v.pipe(text(500), v.regex(/^\/(?!\/)[\w\-./~%?=&:+,]*$/));

/** A provider's answer, as parameters of the address to which it redirects the browser. It may have further ones. */
const Callback = v.object({
  code: v.optional(v.pipe(v.string(), v.maxLength(4_000))),
  state: v.optional(v.pipe(v.string(), v.maxLength(500))),
  error: v.optional(v.pipe(v.string(), v.maxLength(100))),
  iss: v.optional(v.pipe(v.string(), v.maxLength(500))),
});

/** The routes of the providers that are configured; without any, none exist. [SEC-25] */
export function socialRoutes(providers: readonly SignInProvider[]): AccountRoute[] {
  if (providers.length === 0) return [];
  // Facebook never says whether it has verified an address, and the library links nothing that is not.
  const withIssuer = providers.filter(({ issuer }) => issuer !== undefined);
  const body = strict({
    provider: v.picklist(providers.map(({ id }) => id)),
    to: v.optional(Path, '/'),
  });
  const forward = ({ provider, to }: v.InferOutput<typeof body>) => ({
    provider,
    callbackURL: to,
    errorCallbackURL: FAILED_PATH,
    disableRedirect: true,
  });
  return [
    accountRoute({
      method: 'POST',
      path: '/sign-in/social',
      body,
      attempt: ({ clientAddress }, { attempts }) => attempts.provider(clientAddress),
      forward,
    }),
    // For a person whose address alone does not prove that both accounts are theirs. [SEC-20]
    accountRoute({
      method: 'POST',
      path: '/link-social',
      needsFresh: true,
      body: strict({ provider: v.picklist(withIssuer.map(({ id }) => id)), to: v.optional(Path, '/') }),
      session: 'required',
      attempt: (visit, { attempts }) => attempts.profileChange(userOf(visit)),
      forward: (given) => ({ ...forward(given), errorCallbackURL: LINK_FAILED_PATH }),
    }),
    ...providers.map(({ id }) =>
      accountRoute({
        method: 'GET',
        path: `/callback/${id}`,
        body: Callback,
        attempt: ({ clientAddress }, { attempts }) => attempts.provider(clientAddress),
        query: (given) => JSON.parse(JSON.stringify(given)) as Record<string, string>,
      }),
    ),
  ];
}
