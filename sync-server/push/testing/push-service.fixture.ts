import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PushPayload } from '#protocol/push.ts';

export interface ReceivedPush {
  /** The last part of the endpoint. */
  id: string;
  headers: IncomingHttpHeaders;
  bytes: number;
  payload: PushPayload;
  status: number;
}

/** The status that the service answers instead of 201. */
export interface ScriptedAnswer {
  status: number;
  headers?: Record<string, string>;
}

export interface TestPushService {
  origin: string;
  pushes: ReceivedPush[];
  /** The next pushes to this id get these answers, one each. */
  answer(id: string, ...answers: ScriptedAnswer[]): void;
  /** A browser's subscription, as `PushSubscription.toJSON()` gives it. `id` is the last part of its endpoint. */
  subscribe(): { id: string; subscription: { endpoint: string; keys: { p256dh: string; auth: string } } };
  /** Resolves once this many pushes were accepted for the id. */
  accepted(id: string, count?: number): Promise<ReceivedPush[]>;
  close(): Promise<void>;
}

/** A push service (RFC 8030) that checks the sender (RFC 8292) and decrypts pushes like a browser (RFC 8291). */
export async function startPushService(host = 'updates.push.services.mozilla.com'): Promise<TestPushService> {
  const keys = new Map<string, { ecdh: ReturnType<typeof createECDH>; auth: Buffer }>();
  const scripted = new Map<string, ScriptedAnswer[]>();
  const pushes: ReceivedPush[] = [];
  const watchers = new Set<() => void>();

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const id = request.url?.split('/').at(-1) ?? '';
      const own = keys.get(id);
      const body = Buffer.concat(chunks);
      if (own === undefined || !isSigned(request.headers.authorization ?? '', `https://${host}`)) {
        response.writeHead(own === undefined ? 404 : 401).end();
        return;
      }
      const { status, headers = {} } = scripted.get(id)?.shift() ?? { status: 201 };
      const payload = JSON.parse(decrypt(body, own.ecdh, own.auth)) as PushPayload;
      pushes.push({ id, headers: request.headers, bytes: body.length, payload, status });
      response.writeHead(status, headers).end();
      for (const look of watchers) look();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  const acceptedFor = (id: string) => pushes.filter((push) => push.id === id && push.status < 300);
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pushes,
    answer(id, ...answers) {
      scripted.set(id, [...(scripted.get(id) ?? []), ...answers]);
    },
    subscribe() {
      const id = randomBytes(12).toString('base64url');
      const [ecdh, auth] = [createECDH('prime256v1'), randomBytes(16)];
      ecdh.generateKeys();
      keys.set(id, { ecdh, auth });
      const p256dh = ecdh.getPublicKey('base64url');
      const subscription = {
        endpoint: `https://${host}/wpush/v2/${id}`,
        keys: { p256dh, auth: auth.toString('base64url') },
      };
      return { id, subscription };
    },
    accepted: (id, count = 1) =>
      new Promise((resolve) => {
        const look = () => {
          if (acceptedFor(id).length < count) return;
          watchers.delete(look);
          resolve(acceptedFor(id));
        };
        watchers.add(look);
        look();
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isSigned(authorization: string, audience: string): boolean {
  const [, token = '', key = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization) ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
  const isGenuine = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const { aud, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string; exp: number };
  return isGenuine && aud === audience && exp * 1_000 > Date.now();
}

/** The parts of `aes128gcm` with one record: salt, record size, the sender's key, then the ciphertext with its tag. */
function decrypt(body: Buffer, ecdh: ReturnType<typeof createECDH>, auth: Buffer): string {
  const salt = body.subarray(0, 16);
  const keyEnd = 21 + (body[20] ?? 0);
  const sender = body.subarray(21, keyEnd);
  const secret = ecdh.computeSecret(sender);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender]);
  const key = Buffer.from(hkdfSync('sha256', secret, auth, info, 32));
  const derived = (name: string, length: number) =>
    Buffer.from(hkdfSync('sha256', key, salt, `Content-Encoding: ${name}\0`, length));
  const decipher = createDecipheriv('aes-128-gcm', derived('aes128gcm', 16), derived('nonce', 12));
  decipher.setAuthTag(body.subarray(-16));
  const padded = Buffer.concat([decipher.update(body.subarray(keyEnd, -16)), decipher.final()]);
  return padded.subarray(0, padded.lastIndexOf(2)).toString();
}
