import { createHash } from 'node:crypto';
import webPush from 'web-push';
import type { PostPush, PushAnswer } from './post-push.ts';
import type { Subscription } from './subscriptions.ts';

/** Encrypts the payload for the device and posts it. A push with the same topic replaces an older one that still waits. [PU4] */
export type SendPush = (
  subscription: Pick<Subscription, 'endpoint' | 'p256dh' | 'auth'>,
  payload: string,
  topic: string,
) => Promise<PushAnswer>;

/** How long a push service keeps a push that it can't deliver: longer than a weekend. After that, the app catches up by itself. */
const TTL_SECONDS = 3 * 86_400;

export function createSendPush(post: PostPush, authorizationFor: (audience: string) => string): SendPush {
  return ({ endpoint, p256dh, auth }, payload, topic) => {
    const url = new URL(endpoint);
    const { headers, body } = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
      vapidDetails: null as never, // the header is signed once for many pushes
      headers: { Authorization: authorizationFor(url.origin) },
      contentEncoding: 'aes128gcm',
      TTL: TTL_SECONDS,
      urgency: 'high',
      // A topic is public to the push service, so it is a hash that names neither the chat nor the people.
      topic: createHash('sha256').update(`${endpoint}\n${topic}`).digest('base64url').slice(0, 32),
    });
    return post({ endpoint: url, headers, body });
  };
}
