import { afterAll, expect, it } from 'vitest';
import { startPushService } from '#server/push/testing/push-service.fixture.ts';
import { type Person, ownGroup, pushAll, sendOp, signUp } from './person.fixture.ts';
import { type RunningServer, often, startServer, temporaryFolder } from './process.fixture.ts';

const place = temporaryFolder();
const service = await startPushService();
afterAll(async () => {
  await service.close();
  place.remove();
});

const start = () => startServer(place.folder, { PUSH_TEST_SERVICE: service.origin });

async function kill({ child, gone }: RunningServer): Promise<void> {
  child.kill('SIGKILL');
  await gone;
}

it('[PU3] a server that is killed between a message and its push sends it after its start, and nothing twice', async () => {
  let server = await start();
  const [ann, bob] = [await signUp(server.origin, 'Ann'), await signUp(server.origin, 'Bob')];
  const chat = await ownGroup(server.origin, ann, [bob]);
  const { id, subscription } = service.subscribe();
  await register(server.origin, bob, { device: crypto.randomUUID(), subscription });
  const texts: string[] = [];
  for (let kills = 0; kills < often(2, 20); kills += 1) {
    const text = `before kill ${kills}`;
    await pushAll(server.origin, ann, sendOp(chat, text));
    // A push waits two seconds for a read mark.
    await kill(server);
    server = await start();
    texts.push(text);
    await service.accepted(id, texts.length);
  }
  await pushAll(server.origin, ann, sendOp(chat, 'the last one'));
  const pushes = await service.accepted(id, texts.length + 1);
  const told = pushes.map(({ payload }) => payload.notification.body);
  expect(told).toEqual([...texts, 'the last one']);
  await kill(server);
});

async function register(origin: string, { cookie }: Person, body: object): Promise<void> {
  const answer = await fetch(`${origin}/api/push/subscription`, {
    method: 'PUT',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`subscription: ${answer.status} ${await answer.text()}`);
}
