import { OAuth2Server } from 'oauth2-mock-server';

/** A provider's statement about a person. */
export interface Claims {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
}

/**
 * A provider that speaks OpenID Connect, and answers in Facebook's form too. `who` is signed in there; if nobody is, consent is
 * refused.
 */
export async function startProvider(who: () => Claims | undefined) {
  const provider = new OAuth2Server();
  await provider.issuer.keys.generate('RS256');
  await provider.start(0, 'localhost');
  const issuer = `http://localhost:${provider.address().port}`;
  provider.issuer.url = issuer;
  provider.service.on('beforeAuthorizeRedirect', ({ url }: { url: URL }) => {
    if (who() !== undefined) return;
    url.searchParams.delete('code');
    url.searchParams.set('error', 'access_denied');
  });
  provider.service.on('beforeTokenSigning', (token: { payload: object }) => Object.assign(token.payload, who()));
  provider.service.on('beforeUserinfo', (answer: { body: unknown }) => {
    // Facebook’s form, which says nothing about whether the address is verified.
    const { sub, name, email } = who() ?? {};
    answer.body = { id: sub, name, email };
  });
  return { issuer, close: () => provider.stop() };
}
