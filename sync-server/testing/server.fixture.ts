import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Socket, io } from 'socket.io-client';
import type * as v from 'valibot';
import type { UserId } from '#protocol/ids.ts';
import type { Refusal, serverEvents } from '#protocol/live.ts';
import type { AnswerOf, Verb } from '#protocol/verbs.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { readConfig } from '#server/config.ts';
import { type ServerOptions, build } from '#server/server.ts';

export interface HttpAnswer<T> {
  status: number;
  answer: T;
  headers: Headers;
}

type Success<K extends Verb> = Exclude<AnswerOf<K>, { error: unknown }>;
type Refused = Extract<AnswerOf<Verb>, { error: unknown }>;

/** A signed-in person, over HTTP and sockets. */
export interface TestPerson {
  userId: UserId;
  email: string;
  cookie: string;
  /** A verb over HTTP. The type is what a test expects; its assertions check it. */
  post<K extends Verb>(
    verb: K,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<HttpAnswer<Success<K> & Refused>>;
  get<T>(path: string, headers?: Record<string, string>): Promise<HttpAnswer<T>>;
  /** Any request with a JSON body. */
  request<T>(method: string, path: string, body: unknown): Promise<HttpAnswer<T>>;
  /** Ends the session on this server. */
  signOut(): Promise<void>;
  /** Connects; resolves after `welcome`. */
  connect(options?: ConnectOptions): Promise<TestSocket>;
}

interface ConnectOptions {
  auth?: object;
  headers?: Record<string, string>;
  transports?: ('websocket' | 'polling')[];
}

type Events = { [E in keyof typeof serverEvents]: v.InferOutput<(typeof serverEvents)[E]> } & { disconnect: string };

export interface TestSocket {
  socket: Socket;
  welcome: Events['welcome'];
  /** Every event of this kind so far, in order. */
  received<E extends keyof Events>(event: E): Events[E][];
  ask<K extends Verb>(verb: K, request: unknown): Promise<Success<K> & Refused>;
  /** Resolves to the first event of this kind that is wanted. */
  until<E extends keyof Events>(event: E, isWanted?: (value: Events[E]) => boolean): Promise<Events[E]>;
  close(): void;
}

export interface TestServer {
  origin: string;
  dataDir: string;
  signUp(name: string, password?: string): Promise<TestPerson>;
  /** The same session at this server, for a person who signed up at another server over the same database. */
  guest(person: TestPerson): TestPerson;
  /** Resolves to the refusal of a handshake. */
  refusedHandshake(cookie: string | undefined, options?: ConnectOptions): Promise<Refusal | { error: string }>;
  /** Closes this server, and removes its data unless told to keep it. */
  close(keep?: { keepData: boolean }): Promise<void>;
}

/** A whole server in this process, on a free port and a new folder. */
export async function startTestServer(
  env: Record<string, string> = {},
  parts: { dataDir?: string; pushTimes?: ServerOptions['pushTimes'] } = {},
): Promise<TestServer> {
  const dataDir = parts.dataDir ?? (await mkdtemp(join(tmpdir(), 'teamlink-server-')));
  const read = readConfig({
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
    RATE_LIMIT: 'off',
    ...env,
  });
  if (!read.ok) throw new Error(read.problem);
  const { pushTimes } = parts;
  const server = await build({ config: read.config, ...(pushTimes === undefined ? {} : { pushTimes }) });
  const origin = `http://127.0.0.1:${await server.listen()}`;
  const sockets = new Set<Socket>();

  function open(cookie: string | undefined, { auth, headers, transports = ['websocket'] }: ConnectOptions): Socket {
    const socket = io(origin, {
      transports,
      reconnection: false,
      forceNew: true,
      auth: auth ?? { protocol: PROTOCOL_VERSION, device: crypto.randomUUID() },
      extraHeaders: { ...(cookie === undefined ? {} : { cookie }), ...headers },
    });
    sockets.add(socket);
    return socket;
  }

  /** Retries while a busy machine answers 503; sockets do the same. */
  async function signedUp(name: string, password: string): Promise<{ email: string; answer: Response }> {
    for (;;) {
      const email = `${name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}.${crypto.randomUUID().slice(0, 8)}@example.org`;
      const answer = await fetch(`${origin}/api/auth/sign-up/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, email, password }),
      });
      if (answer.ok) return { email, answer };
      const text = await answer.text();
      if (answer.status !== 503) throw new Error(`sign-up: ${answer.status} ${text}`);
    }
  }

  const personOf = ({ userId, email, cookie }: Pick<TestPerson, 'userId' | 'email' | 'cookie'>): TestPerson => ({
    userId,
    email,
    cookie,
    post: (verb, body, headers = {}) =>
      request(`${origin}/api/sync/${verb}`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (path, headers = {}) => request(`${origin}${path}`, { headers: { cookie, ...headers } }),
    request: (method, path, body) =>
      request(`${origin}${path}`, {
        method,
        headers: { cookie, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    async signOut() {
      const headers = { cookie, origin, 'content-type': 'application/json' };
      const { status } = await request(`${origin}/api/auth/sign-out`, { method: 'POST', headers, body: '{}' });
      if (status !== 200) throw new Error(`sign-out: ${status}`);
    },
    async connect(options = {}) {
      for (;;) {
        const socket = open(cookie, options);
        try {
          return await connected(socket);
        } catch (error) {
          socket.disconnect();
          const { data, message } = error as Error & { data?: Refusal };
          if (data?.code !== 'unavailable' && message !== 'timeout') throw error;
        }
      }
    },
  });

  return {
    origin,
    dataDir,
    async signUp(name, password = 'a long password') {
      const { email, answer } = await signedUp(name, password);
      const { user } = (await answer.json()) as { user: { id: UserId } };
      const cookie = answer.headers
        .getSetCookie()
        .map((each) => each.split(';')[0])
        .join('; ');
      return personOf({ userId: user.id, email, cookie });
    },
    guest: personOf,
    refusedHandshake: (cookie, options = {}) =>
      new Promise((resolve, reject) => {
        const socket = open(cookie, options);
        socket.on('connect_error', (error: Error & { data?: unknown }) =>
          resolve((error.data as Refusal | undefined) ?? { error: error.message }),
        );
        socket.on('welcome', () => reject(new Error('the handshake was accepted')));
      }),
    async close({ keepData } = { keepData: false }) {
      for (const socket of sockets) socket.disconnect();
      await server.close();
      if (!keepData) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function request<T>(url: string, init: RequestInit): Promise<HttpAnswer<T>> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  return { status: answer.status, answer: (text === '' ? null : JSON.parse(text)) as T, headers: answer.headers };
}

async function connected(socket: Socket): Promise<TestSocket> {
  const events: { event: string; value: unknown }[] = [];
  const watchers = new Set<() => void>();
  const note = (event: string, value: unknown) => {
    events.push({ event, value });
    for (const look of watchers) look();
  };
  const received = <E extends keyof Events>(event: E) =>
    events.filter((each) => each.event === event).map(({ value }) => value as Events[E]);
  socket.onAny(note);
  socket.on('disconnect', (reason) => note('disconnect', reason));
  const welcome = await new Promise<Events['welcome']>((resolve, reject) => {
    socket.on('connect_error', reject);
    socket.on('welcome', resolve);
  });
  return {
    socket,
    welcome,
    received,
    ask: (verb, body) => socket.timeout(20_000).emitWithAck(verb, body) as never,
    until: (event, isWanted = () => true) =>
      new Promise((resolve) => {
        const look = () => {
          const found = received(event).find(isWanted);
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    close: () => socket.disconnect(),
  };
}
