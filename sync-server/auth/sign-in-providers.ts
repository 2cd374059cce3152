/** A provider whose accounts people can sign in with. */
export interface SignInProvider {
  /** Part of the address to which the provider redirects people: `/api/auth/callback/<id>`. */
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Of a provider that speaks OpenID Connect. Absent for Facebook, which does not. */
  readonly issuer?: string;
  /** Of one that does not. */
  readonly endpoints?: { readonly authorization: string; readonly token: string; readonly profile: string };
}

export type ProvidersResult = { ok: true; providers: readonly SignInProvider[] } | { ok: false; problem: string };

const GOOGLE = 'https://accounts.google.com';
const FACEBOOK = {
  authorization: 'https://www.facebook.com/v24.0/dialog/oauth',
  token: 'https://graph.facebook.com/v24.0/oauth/access_token',
  profile: 'https://graph.facebook.com/v24.0/me?fields=id,name,email',
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Google, Facebook, and each name in `OIDC_PROVIDERS`, if their settings are given. docs/operations.md explains them. */
export function readSignInProviders(env: Environment): ProvidersResult {
  const providers: SignInProvider[] = [];
  const names = (env['OIDC_PROVIDERS'] ?? '').split(',').map((name) => name.trim());
  const wrong = names.find((name) => name !== '' && (!/^[a-z][a-z0-9]{0,19}$/.test(name) || isTaken(name)));
  if (wrong !== undefined || new Set(names).size < names.length)
    return { ok: false, problem: 'OIDC_PROVIDERS must be different short names in lower case, separated by commas.' };
  for (const id of ['google', 'facebook', ...names.filter(Boolean)]) {
    const prefix = isTaken(id) ? id.toUpperCase() : `OIDC_${id.toUpperCase()}`;
    const setting = (name: string) => env[`${prefix}_${name}`] || undefined;
    const [clientId, clientSecret] = [setting('CLIENT_ID'), setting('CLIENT_SECRET')];
    if (isTaken(id) && clientId === undefined && clientSecret === undefined) continue;
    const issuer = setting('ISSUER') ?? (id === 'google' ? GOOGLE : undefined);
    const missing = Object.entries({
      CLIENT_ID: clientId,
      CLIENT_SECRET: clientSecret,
      ISSUER: id === 'facebook' ? 'none' : issuer,
    }).find(([, value]) => value === undefined)?.[0];
    if (missing !== undefined) return { ok: false, problem: `${prefix}_${missing} must be set too.` };
    if (issuer !== undefined && !isIssuer(issuer))
      return { ok: false, problem: `${prefix}_ISSUER must be an address such as https://id.example.org.` };
    providers.push({
      id,
      name: setting('NAME') ?? id.charAt(0).toUpperCase() + id.slice(1),
      clientId: clientId ?? '',
      clientSecret: clientSecret ?? '',
      ...(id === 'facebook' ? { endpoints: facebookAt(setting('ADDRESS')) } : { issuer: issuer ?? '' }),
    });
  }
  return { ok: true, providers };
}

function isTaken(id: string): boolean {
  return id === 'google' || id === 'facebook' || id === 'credential';
}

function isIssuer(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Tests use their own server instead of Facebook. */
function facebookAt(address: string | undefined) {
  if (address === undefined) return FACEBOOK;
  return { authorization: `${address}/authorize`, token: `${address}/token`, profile: `${address}/userinfo` };
}
