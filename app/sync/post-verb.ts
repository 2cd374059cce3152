import type { UserId } from '#protocol/ids.ts';
import { parse } from '#protocol/shape.ts';
import { verbs, type AnswerOf, type RequestOf, type Verb } from '#protocol/verbs.ts';
import { SYNC_PATH, USER_HEADER } from '#protocol/version.ts';
import { obstacleOf, type Obstacle } from './obstacle.ts';
import { textOf } from './text-of.ts';

/** At most one of answer and obstacle: without an obstacle, the lack of an answer has no known cause. */
export interface Posted<K extends Verb> {
  answer?: AnswerOf<K>;
  /** How far the server's clock was ahead of the device's when the answer came, to the second; absent if the answer does not say. */
  serverAheadMs?: number;
  obstacle?: Obstacle;
}

interface PostOptions {
  /** The request is refused if the session is somebody else's. */
  userId: UserId;
  signal: AbortSignal;
  /** Default: the origin of the page. */
  url?: string | undefined;
  headers?: Record<string, string> | undefined;
  /** Called with the number of characters that have arrived, whenever some have. */
  heard?: (characters: number) => void;
}

/** A verb over HTTP. Never rejects: without an answer from our server it resolves to the obstacle, if that is known. [VB1] */
export async function postVerb<K extends Verb>(
  verb: K,
  request: RequestOf<K>,
  { userId, signal, url = '', headers, heard }: PostOptions,
): Promise<Posted<K>> {
  try {
    const response = await fetch(`${url}${SYNC_PATH}/${verb}`, {
      method: 'POST',
      credentials: 'same-origin',
      redirect: 'manual',
      headers: { ...headers, 'content-type': 'application/json', [USER_HEADER]: userId },
      body: JSON.stringify(request),
      signal,
    });
    // Computed before the body is read, which may take minutes.
    const serverAheadMs = Date.parse(response.headers.get('date') ?? '') - Date.now();
    const body = jsonOf(await textOf(response, heard));
    const obstacle = obstacleOf(response, body);
    if (obstacle !== undefined) return { obstacle };
    const answer = parse(verbs[verb].answer, body);
    if (!answer.ok) return {};
    return { answer: answer.value as AnswerOf<K>, ...(Number.isNaN(serverAheadMs) ? {} : { serverAheadMs }) };
  } catch {
    // Unreachable, ended by the signal, or interrupted in the middle of the answer.
    return {};
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
