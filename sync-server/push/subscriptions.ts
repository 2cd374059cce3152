import type { DeviceId, UserId } from '#protocol/ids.ts';
import type { Shown } from '#protocol/push.ts';
import type { Database } from '#server/database/connect.ts';

/** The endpoint of one device of one person. */
export interface Subscription {
  device: DeviceId;
  userId: UserId;
  sessionId: string;
  endpoint: string;
  p256dh: string;
  auth: string;
  show: Shown;
  /** Absent: notifications make a sound. */
  isSilent?: true;
  /** The app's origin as this device sees it. */
  origin: string;
}

/** The most devices of a person; the longest unused ones are removed. */
const MAX_PER_PERSON = 20;

type Stored = Omit<Subscription, 'device'> & { _id: DeviceId; at: number };

export interface Subscriptions {
  /**
   * One subscription per device and per endpoint: it belongs to the person who registered it last, and the one before gets
   * nothing more. [SEC-66]
   */
  register(subscription: Subscription): Promise<void>;
  /** Resolves to whether the device was registered for this person. */
  remove(device: DeviceId, userId: UserId): Promise<boolean>;
  /** Resolves to the devices that were registered for this person. */
  removePerson(userId: UserId): Promise<DeviceId[]>;
  /** The endpoint is gone; a newer one of the same device stays. */
  removeEndpoint(device: DeviceId, endpoint: string): Promise<void>;
  endSessions(sessionIds: readonly string[]): Promise<void>;
  /** False if certainly nobody is registered, so that the readers of messages need not be looked up. */
  hasAny(): Promise<boolean>;
  find(device: DeviceId): Promise<Subscription | undefined>;
  /** The registered ones of these devices. */
  findAll(devices: readonly DeviceId[]): Promise<Map<DeviceId, Subscription>>;
  ofPeople(userIds: readonly UserId[]): Promise<Pick<Subscription, 'device' | 'userId'>[]>;
}

/** An `$in` of up to this many values is looked up point by point. */
const POINTS = 200;

export async function openSubscriptions(
  { connection, isShared }: Pick<Database, 'connection' | 'isShared'>,
  now: () => number,
): Promise<Subscriptions> {
  const rows = connection.collection<Stored>('push_subscriptions');
  await rows.createIndex({ userId: 1, at: 1 }, { name: 'person' }, {});
  await rows.createIndex({ endpoint: 1 }, { name: 'endpoint' }, {});
  await rows.createIndex({ sessionId: 1 }, { name: 'session' }, {});
  const anyRow = async () => (await rows.findOne({}, { projection: { _id: 1 } })) !== null;
  let isKnownToHaveAny = await anyRow();
  return {
    async hasAny() {
      // If this server is alone, nobody registers without its knowledge.
      if (!isKnownToHaveAny && isShared) isKnownToHaveAny = await anyRow();
      return isKnownToHaveAny;
    },
    async register({ device, ...rest }) {
      isKnownToHaveAny = true;
      await rows.deleteMany({ endpoint: rest.endpoint, _id: { $ne: device } });
      await rows.replaceOne({ _id: device }, { ...rest, at: now() }, { upsert: true });
      const surplus = await rows
        .find({ userId: rest.userId }, { projection: { _id: 1 } })
        .sort({ userId: -1, at: -1 })
        .skip(MAX_PER_PERSON)
        .toArray();
      if (surplus.length > 0) await rows.deleteMany({ _id: { $in: surplus.map(({ _id }) => _id) } });
    },
    async remove(device, userId) {
      return (await rows.deleteOne({ _id: device, userId })).deletedCount === 1;
    },
    async removePerson(userId) {
      const found = await rows.find({ userId }, { projection: { _id: 1 } }).toArray();
      await rows.deleteMany({ userId });
      return found.map(({ _id }) => _id);
    },
    async removeEndpoint(device, endpoint) {
      await rows.deleteOne({ _id: device, endpoint });
    },
    async endSessions(sessionIds) {
      await rows.deleteMany({ sessionId: { $in: [...sessionIds] } });
    },
    async find(device) {
      const found = await rows.findOne({ _id: device });
      return found === null ? undefined : read(found);
    },
    async findAll(devices) {
      const found = await rows.find({ _id: { $in: [...devices] } }).toArray();
      return new Map(found.map((row) => [row._id, read(row)]));
    },
    async ofPeople(userIds) {
      const found: Pick<Subscription, 'device' | 'userId'>[] = [];
      for (let at = 0; at < userIds.length; at += POINTS) {
        const page = rows.find(
          { userId: { $in: userIds.slice(at, at + POINTS) } },
          { projection: { _id: 1, userId: 1 } },
        );
        for (const { _id, userId } of await page.toArray()) found.push({ device: _id, userId });
      }
      return found;
    },
  };
}

function read({ _id, at: _, ...rest }: Stored): Subscription {
  return { device: _id, ...rest };
}
