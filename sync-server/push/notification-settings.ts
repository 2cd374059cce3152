import type { Connection } from 'mongoose';
import type { UserId } from '#protocol/ids.ts';
import type { NotificationSettings } from '#protocol/push.ts';

type Stored = NotificationSettings & { _id: UserId };

/** Each person's settings for all their devices. [PU7] [PU8] */
export interface SettingsOfPeople {
  of(userId: UserId): Promise<NotificationSettings>;
  /** The settings of everybody who has changed any. */
  ofAll(userIds: readonly UserId[]): Promise<Map<UserId, NotificationSettings>>;
  change(userId: UserId, settings: NotificationSettings): Promise<void>;
  forget(userId: UserId): Promise<void>;
}

export const unchanged: NotificationSettings = { mentions: false };

export function openNotificationSettings(connection: Connection): SettingsOfPeople {
  const rows = connection.collection<Stored>('push_settings');
  return {
    async of(userId) {
      const found = await rows.findOne({ _id: userId });
      if (found === null) return unchanged;
      const { _id, ...settings } = found;
      return settings;
    },
    async ofAll(userIds) {
      const found = await rows.find({ _id: { $in: [...userIds] } }).toArray();
      return new Map(found.map(({ _id, ...settings }) => [_id, settings]));
    },
    async change(userId, settings) {
      await rows.replaceOne({ _id: userId }, settings, { upsert: true });
    },
    async forget(userId) {
      await rows.deleteOne({ _id: userId });
    },
  };
}
