import { withPerson } from './person.ts';
import { readDeviceId } from '#app/sync/device-facts.ts';
import { PushKey } from '#protocol/push.ts';
import { parse } from '#protocol/shape.ts';

declare const self: ServiceWorkerGlobalScope;

/** The browser has ended or replaced the subscription: registers the new one with the server. The app checks it at its start too. */
export async function renewSubscription(): Promise<void> {
  await withPerson(async ({ device }) => {
    const key = parse(PushKey, await (await fetch('/api/push/key')).json());
    if (!key.ok) return;
    const subscription = await self.registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: key.value.publicKey,
    });
    await fetch('/api/push/subscription', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        device: await readDeviceId(device, () => {
          throw new Error('the app has not run here');
        }),
        subscription: subscription.toJSON(),
      }),
    });
  });
}
