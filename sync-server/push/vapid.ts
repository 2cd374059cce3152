import webPush from 'web-push';
import type { Connection } from 'mongoose';

export interface VapidKeys {
  publicKey: string;
  privateKey: string;
  /** The contact that a push service may use: `mailto:` or `https:`. */
  subject: string;
}

type Kept = { _id: string; publicKey: string; privateKey: string };

/**
 * The keys by which push services recognize this installation: configured, or generated once and kept in the database. Every
 * subscription is bound to them, so new keys would end all subscriptions. They are never logged. [PU2]
 */
export async function openVapidKeys(
  connection: Connection,
  configured: Pick<VapidKeys, 'publicKey' | 'privateKey'> | undefined,
  subject: string,
): Promise<VapidKeys> {
  if (configured !== undefined) return { ...configured, subject };
  const kept = connection.collection<Kept>('push_keys');
  // Two servers that start at the same time both use the keys of the first.
  await kept.updateOne({ _id: 'vapid' }, { $setOnInsert: webPush.generateVAPIDKeys() }, { upsert: true });
  const found = await kept.findOne({ _id: 'vapid' });
  if (found === null) throw new Error('the keys for push were not kept');
  return { publicKey: found.publicKey, privateKey: found.privateKey, subject };
}

/** An authorization lasts twelve hours; it is signed again after half of that. */
const KEPT_MS = 6 * 3_600_000;

/** The header that identifies the sender to a push service. It is the same for every push to a service, so it is signed rarely. */
export function createAuthorization({ publicKey, privateKey, subject }: VapidKeys, now: () => number) {
  const signed = new Map<string, { header: string; at: number }>();
  return (audience: string): string => {
    const before = signed.get(audience);
    if (before !== undefined && now() - before.at < KEPT_MS) return before.header;
    const { Authorization: header } = webPush.getVapidHeaders(audience, subject, publicKey, privateKey, 'aes128gcm');
    signed.set(audience, { header, at: now() });
    return header;
  };
}
