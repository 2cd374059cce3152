import * as v from 'valibot';
import { strict, text, parse } from '#protocol/shape.ts';
import { refusal } from './answers.ts';
import { Name } from './name-search.ts';

const MAX_BODY_BYTES = 65_536;
const MAX_ADDRESS = 254;

/** Whether it is an address after all is the library's to say. */
const Address = v.pipe(text(MAX_ADDRESS), v.regex(/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+\.[^\s@\p{Cc}]+$/u));
/** The library says which lengths are allowed; here only what no answer of its would be clear about. */
const Password = text(1_000);
const Remember = v.optional(v.boolean());

const nothing = strict({});

/** The routes that exist, by method and exact path, and what each may be sent. Everything else is 404. [SEC-25] */
const routes = {
  'GET /get-session': null,
  'GET /list-sessions': null,
  'POST /sign-up/email': strict({
    name: Name,
    email: Address,
    password: Password,
    image: v.nullish(v.null()),
    rememberMe: Remember,
  }),
  'POST /sign-in/email': strict({ email: Address, password: Password, rememberMe: Remember }),
  'POST /sign-out': nothing,
  // Until files are served, nobody can have uploaded a picture that an id would name.
  'POST /update-user': strict({
    name: v.optional(Name),
    image: v.nullish(v.null()),
    findable: v.optional(v.boolean()),
  }),
  'POST /change-password': strict({
    currentPassword: Password,
    newPassword: Password,
    revokeOtherSessions: v.optional(v.boolean()),
  }),
  'POST /revoke-session': strict({ token: text(200) }),
  'POST /revoke-sessions': nothing,
  'POST /revoke-other-sessions': nothing,
} as const;

export type Route = keyof typeof routes;
type Body = Record<string, unknown>;

/** By the exact path: `//`, other case and a trailing slash name nothing, so they can't pass a limit by. [SEC-22] */
export function routeOf(request: Request): Route | null {
  const path = /^\/api\/auth(\/.*)$/.exec(new URL(request.url).pathname)?.[1];
  const route = `${request.method} ${path ?? ''}`;
  return Object.hasOwn(routes, route) ? (route as Route) : null;
}

/** A foreign page's request, by whatever the browser says of it. What says nothing is no browser. [HT1] [SEC-40] */
export function isForeign(request: Request, publicOrigin: string | undefined): boolean {
  const origin = request.headers.get('origin');
  if (origin !== null) return origin !== (publicOrigin ?? new URL(request.url).origin);
  const site = request.headers.get('sec-fetch-site');
  return request.method !== 'GET' && site !== null && site !== 'same-origin' && site !== 'none';
}

/** The body, strictly parsed, or the refusal. Null where a route has none. */
export async function readBody(route: Route, request: Request): Promise<{ body: Body | null } | { refused: Response }> {
  const schema = routes[route];
  if (schema === null) return { body: null };
  const bytes = await readBytes(request);
  if (bytes === null) return { refused: refusal(413, 'PAYLOAD_TOO_LARGE', 'The body is too large') };
  let input: unknown = {};
  if (bytes.length > 0) {
    const [type = ''] = (request.headers.get('content-type') ?? '').split(';');
    if (type.trim().toLowerCase() !== 'application/json')
      return { refused: refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Only application/json is accepted') };
    try {
      input = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch {
      return { refused: refusal(400, 'VALIDATION_ERROR', 'The body is not JSON') };
    }
  }
  const parsed = parse(schema, input);
  if (parsed.ok) return { body: parsed.value };
  const { path, message } = parsed.error;
  return {
    refused: refusal(
      400,
      codes.get(path ?? '') ?? 'VALIDATION_ERROR',
      path === undefined ? message : `${path}: ${message}`,
    ),
  };
}

const codes: ReadonlyMap<string, string> = new Map([
  ['name', 'INVALID_NAME'],
  ['email', 'INVALID_EMAIL'],
  ['password', 'INVALID_PASSWORD'],
  ['currentPassword', 'INVALID_PASSWORD'],
  ['newPassword', 'INVALID_PASSWORD'],
  ['image', 'INVALID_IMAGE'],
]);

async function readBytes(request: Request): Promise<Buffer | null> {
  if (request.body === null) return Buffer.alloc(0);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
