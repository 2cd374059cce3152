import { setTimeout as pause } from 'node:timers/promises';
import { type Socket, io } from 'socket.io-client';
import { type ConversationId, type OpId, type UserId, groupStream, uuidV7 } from '#protocol/ids.ts';
import type { HistoryAnswer, OpResult } from '#protocol/verbs.ts';

export const newId = (): OpId => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

export interface Person {
  userId: UserId;
  cookie: string;
}

export const requestSignUp = (origin: string, name: string): Promise<Response> =>
  fetch(`${origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, email: `${crypto.randomUUID()}@example.org`, password: 'a long password' }),
  });

export async function signUp(origin: string, name: string): Promise<Person> {
  const answer = await requestSignUp(origin, name);
  // A busy server may have stored this account nevertheless; the next one has another address.
  if (answer.status === 503) return signUp(origin, name);
  if (!answer.ok) throw new Error(`sign-up: ${answer.status} ${await answer.text()}`);
  const { user } = (await answer.json()) as { user: { id: UserId } };
  const cookies = answer.headers.getSetCookie().map((each) => each.split(';')[0]);
  return { userId: user.id, cookie: cookies.join('; ') };
}

export interface Answer<T> {
  status: number;
  answer: T & { error?: { code: string; retryAfterMs?: number } };
}

export async function post<T>(origin: string, { cookie }: Person, verb: string, body: unknown): Promise<Answer<T>> {
  const answer = await fetch(`${origin}/api/sync/${verb}`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, answer: (await answer.json()) as Answer<T>['answer'] };
}

export const push = (origin: string, person: Person, ...ops: object[]) =>
  post<{ results: OpResult[] }>(origin, person, 'push', { ops });

export function open(origin: string, { cookie }: Person): Socket {
  return io(origin, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { protocol: 1, device: crypto.randomUUID() },
    extraHeaders: { cookie },
  });
}

/** Pushes ops, again and again while the server is too busy to store them in time. Throws if one is refused. */
export async function pushAll(origin: string, person: Person, ...ops: object[]): Promise<void> {
  for (;;) {
    const { answer } = await push(origin, person, ...ops);
    const errors = [answer, ...(answer.results ?? [])].flatMap((each) => ('error' in each ? [each.error] : []));
    if (errors.length === 0) return;
    if (errors.some((error) => error?.code !== 'unavailable')) throw new Error(`refused: ${JSON.stringify(errors)}`);
    await pause(200);
  }
}

/** Creates a group. */
export async function ownGroup(origin: string, person: Person, members: Person[] = []): Promise<ConversationId> {
  const stream = groupStream(newId());
  const memberIds = members.map(({ userId }) => userId);
  await pushAll(origin, person, { id: newId(), stream, kind: 'conversation.create', memberIds });
  return stream;
}

export function sendOp(stream: ConversationId, text: string) {
  return { id: newId(), stream, kind: 'message.send', text, sentAt: new Date().toISOString() };
}

/** Every message of a conversation, in the order of their seqs. */
export async function allMessages(origin: string, person: Person, stream: ConversationId) {
  const found: HistoryAnswer['records'] = [];
  for (let more = true; more;) {
    const after = found.at(-1)?.seq ?? 0;
    const { answer } = await post<HistoryAnswer>(origin, person, 'history', { stream, after, limit: 1_000 });
    found.push(...answer.records);
    more = answer.more;
  }
  return found;
}

/** Polls until the condition holds; the test's timeout ends it otherwise. */
export async function until(isMet: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isMet())) await pause(50);
}

/** The status of a health route, or undefined when nothing answers. */
export async function health(origin: string, path: '/healthz' | '/readyz'): Promise<number | undefined> {
  try {
    const answer = await fetch(`${origin}${path}`);
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return undefined;
  }
}
