import { type GenericOAuthConfig, genericOAuth } from 'better-auth/plugins';
import { cleanName, isVisible } from '#protocol/names.ts';
import { limits } from '#protocol/limits.ts';
import type { SignInProvider } from './sign-in-providers.ts';

/** Where a failed sign-in ends: the app's first page, which says what happened. */
export const FAILED_PATH = '/?sign-in=failed';

/** The library's plugin for these providers: code, PKCE, state, and a nonce if the provider signs its statement. */
export function signInWith(providers: readonly SignInProvider[], isOpen: boolean) {
  return genericOAuth({ config: providers.map((provider) => configOf(provider, isOpen)) });
}

function configOf(provider: SignInProvider, isOpen: boolean): GenericOAuthConfig {
  const { id, name, clientId, clientSecret, issuer, endpoints } = provider;
  const shared = { providerId: id, name, clientId, clientSecret, pkce: true, disableSignUp: !isOpen };
  if (endpoints === undefined) {
    const discoveryUrl = `${(issuer ?? '').replace(/\/$/, '')}/.well-known/openid-configuration`;
    return {
      ...shared,
      discoveryUrl,
      requireIdTokenVerification: true,
      scopes: ['openid', 'email', 'profile'],
      // Pictures are not taken over, because the app loads nothing from other servers.
      mapProfileToUser: (profile) => ({ name: nameOf(profile), image: undefined }),
    };
  }
  return {
    ...shared,
    authorizationUrl: endpoints.authorization,
    tokenUrl: endpoints.token,
    userInfoUrl: endpoints.profile,
    scopes: ['email', 'public_profile'],
    // It does not say whether it has verified the address, so nothing may depend on the address. [SEC-20]
    mapProfileToUser: (profile) => ({ name: nameOf(profile), image: undefined, emailVerified: false }),
  };
}

/** The name if we accept it, otherwise the part of the address before the @. */
export function nameOf(profile: { name?: string | undefined; email?: string | null | undefined }): string {
  const name = cut(profile.name ?? '');
  if (isVisible(name)) return name;
  const local = cut((profile.email ?? '').split('@')[0] ?? '');
  return isVisible(local) ? local : '?';
}

/** Without the half of a character that the cut or the provider may have left. */
function cut(name: string): string {
  return cleanName(name)
    .slice(0, limits.name)
    .replaceAll(/\p{Surrogate}/gu, '')
    .trim();
}
