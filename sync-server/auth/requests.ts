import type * as v from 'valibot';
import { parse } from '#protocol/shape.ts';
import { refusal } from './answers.ts';
import { COMMON } from './common-passwords.ts';

const MAX_BODY_BYTES = 65_536;

/**
 * Whether a page of another origin sent this, by the browser's headers. Without those headers, it was not sent by a browser.
 * [HT1] [SEC-40]
 */
export function isForeign(request: Request, publicOrigin: string | undefined): boolean {
  const origin = request.headers.get('origin');
  if (origin !== null) return origin !== (publicOrigin ?? new URL(request.url).origin);
  const site = request.headers.get('sec-fetch-site');
  return request.method !== 'GET' && site !== null && site !== 'same-origin' && site !== 'none';
}

type Body = Record<string, unknown>;

/** The body, strictly parsed, or the refusal. */
export async function readBody(
  schema: v.GenericSchema<unknown, Body>,
  request: Request,
): Promise<{ body: Body } | { refused: Response }> {
  if (request.method === 'GET') return parsedBy(schema, queryOf(new URL(request.url).searchParams));
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
  return parsedBy(schema, input);
}

/** A repeated parameter becomes a list, which no schema of ours accepts, because a proxy may have checked only one of the values. */
function queryOf(parameters: URLSearchParams): Body {
  return Object.fromEntries(
    [...parameters.keys()].map((name) => {
      const [first, ...more] = parameters.getAll(name);
      return [name, more.length === 0 ? first : [first, ...more]];
    }),
  );
}

function parsedBy(schema: v.GenericSchema<unknown, Body>, input: unknown): { body: Body } | { refused: Response } {
  const parsed = parse(schema, input);
  if (parsed.ok) return { body: parsed.value };
  const { path, message } = parsed.error;
  return {
    refused: refusal(
      400,
      (message.endsWith(COMMON) ? 'PASSWORD_TOO_COMMON' : codes.get(path ?? '')) ?? 'VALIDATION_ERROR',
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
  ['newEmail', 'INVALID_EMAIL'],
  ['code', 'INVALID_CODE'],
  ['image', 'INVALID_IMAGE'],
  ['about', 'INVALID_ABOUT'],
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
