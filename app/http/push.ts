import * as v from 'valibot';
import type { DeviceId } from '#protocol/ids.ts';
import { NotificationSettings, PushKey, PushRegistered, PushTried, type RegisterPush } from '#protocol/push.ts';
import { request, type Outcome } from './request.ts';

const Anything = v.unknown();

export function pushKey(): Promise<Outcome<PushKey>> {
  return request('/api/push/key', PushKey);
}

export function registerPush(body: RegisterPush): Promise<Outcome<PushRegistered>> {
  return request('/api/push/subscription', PushRegistered, { method: 'PUT', body });
}

export function unregisterPush(device: DeviceId): Promise<Outcome<unknown>> {
  return request('/api/push/subscription', Anything, { method: 'DELETE', body: { device } });
}

/** What the person chose for all their devices. [PU7] [PU8] */
export function notificationSettings(): Promise<Outcome<NotificationSettings>> {
  return request('/api/push/settings', NotificationSettings);
}

export function changeNotificationSettings(body: NotificationSettings): Promise<Outcome<unknown>> {
  return request('/api/push/settings', Anything, { method: 'PUT', body });
}

/** Makes the server send a push to this device at once. [PU6] */
export function testPush(device: DeviceId): Promise<Outcome<PushTried>> {
  return request('/api/push/test', PushTried, { method: 'POST', body: { device } });
}
