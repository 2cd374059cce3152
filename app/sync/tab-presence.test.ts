import { expect, test } from 'vitest';
import { directStream, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { Ephemeral } from './ephemeral.ts';
import { createTabPresence, type TabPresence } from './tab-presence.ts';
import { fakeClock } from './testing/fake-clock.fixture.ts';
import { runCaughtUp, type Running } from './testing/scripted-server.fixture.ts';

const [ann, bob, eve] = ['ann', 'bob', 'eve'] as [UserId, UserId, UserId];
const chat = directStream(ann, bob);
const online = (userId: UserId): Ephemeral => ({ kind: 'presence', notice: { userId, online: true } });

/** Tabs side by side: every message reaches all others at once. The first one leads. */
function openTabs(count: number) {
  const watched: UserId[][] = [];
  const typed: [ConversationId, boolean][] = [];
  const engine = {
    watch: (ids: readonly UserId[]) => void watched.push([...ids]),
    typing: (stream: ConversationId, on: boolean) => void typed.push([stream, on]),
  };
  const tabs: TabPresence[] = [];
  const received: Ephemeral[][] = [];
  for (let at = 0; at < count; at++) {
    const post = (message: Parameters<TabPresence['fromTab']>[0]) =>
      tabs.forEach((tab, other) => other !== at && tab.fromTab(message));
    const tab = createTabPresence({ self: ann, tab: `tab-${at}`, post });
    const events: Ephemeral[] = [];
    tab.onEvent((event) => events.push(event));
    tabs.push(tab);
    received.push(events);
  }
  tabs[0]?.lead(engine);
  return { tabs, received, watched, typed, engine };
}

test('[LV8] [ask 35] the leading tab watches for all tabs and forwards what it receives', () => {
  const { tabs, received, watched, typed } = openTabs(3);
  tabs[0]!.watch([bob]);
  tabs[1]!.watch([eve, bob]);
  tabs[2]!.typing(chat, true);
  expect(watched.at(-1)).toEqual([bob, eve]);
  expect(typed).toEqual([[chat, true]]);
  tabs[0]!.fromServer(online(eve));
  expect(received).toEqual([[online(eve)], [online(eve)], [online(eve)]]);
});

test('[LV7] typing in notes to oneself is sent to nobody, from any tab', () => {
  const { tabs, typed } = openTabs(2);
  for (const tab of tabs) for (const on of [true, false]) tab.typing(directStream(ann, ann), on);
  expect(typed).toEqual([]);
  for (const tab of tabs) tab.typing(directStream(ann, bob), true);
  expect(typed).toEqual([
    [directStream(ann, bob), true],
    [directStream(ann, bob), true],
  ]);
});

test('[LV8] a tab that opens later receives what is known already, unless the connection was lost', () => {
  const { tabs, received } = openTabs(2);
  tabs[0]!.watch([bob]);
  tabs[0]!.fromServer(online(bob));
  received[1]!.length = 0;
  tabs[1]!.watch([bob]);
  expect(received[1]).toEqual([online(bob)]);
  tabs[0]!.forget();
  tabs[1]!.watch([bob]);
  expect(received[1]).toHaveLength(1);
});

test('[CL5] a new leader asks the other tabs whom they watch, and stops watching for a tab that closes', () => {
  const { tabs, watched, engine } = openTabs(3);
  for (const [at, id] of [ann, bob, eve].entries()) tabs[at]!.watch([id]);
  tabs[0]!.follow();
  tabs[1]!.lead(engine);
  expect(watched.at(-1)).toEqual([bob, ann, eve]);
  tabs[0]!.close();
  expect(watched.at(-1)).toEqual([bob, eve]);
});

let running: Running | undefined;
fakeClock();

test('[LV8] the watch list is sent at once, only once, and again on every new connection', async () => {
  const received: Ephemeral[] = [];
  running = await runCaughtUp({ onEphemeral: (event) => received.push(event) });
  const { engine, server, store } = running;
  const emitted = () => server.emitted.filter(([event]) => event !== 'visible');
  engine.watch([bob]);
  engine.watch([bob]);
  engine.typing(chat, true);
  server.events().ephemeral(online(bob));
  expect(emitted()).toEqual([
    ['watch', { userIds: [bob] }],
    ['typing', { stream: chat, on: true }],
  ]);
  expect(received).toEqual([online(bob)]);
  server.lose();
  engine.typing(chat, true);
  server.events().ephemeral(online(bob));
  expect(received).toHaveLength(1);
  engine.wake('press');
  server.welcome(store.userId);
  expect(emitted().slice(2)).toEqual([['watch', { userIds: [bob] }]]);
});

test('[LV11] the server learns at once when the page is hidden or shown, and of a visible one on every new connection', async () => {
  let isVisible = true;
  running = await runCaughtUp({ isVisible: () => isVisible });
  const { engine, server, store } = running;
  const shown = () => server.emitted.flatMap(([event, notice]) => (event === 'visible' ? [notice] : []));
  expect(shown()).toEqual([{ on: true }]);
  isVisible = false;
  engine.visible(false);
  expect(shown()).toEqual([{ on: true }, { on: false }]);
  server.lose();
  engine.wake('press');
  server.welcome(store.userId);
  expect(shown()).toHaveLength(2);
});
