import { expect, test } from 'vitest';
import { openMemoryLocalStore } from '#app/local-store/testing/memory-local-store.ts';
import { ann, at, bootstrap, membership, messages, newGroup } from '#app/local-store/testing/records.fixture.ts';
import { own, page, pulled } from '#app/local-store/testing/records.fixture.ts';
import { createHistoryLoader, type HistoryBounds } from '#app/sync/load-history.ts';
import { messageAt } from './message-at.ts';

/** A device with the newest 50 of 1,000 messages, one each minute, and a run of older ones. */
async function device(isOnline = true) {
  const store = openMemoryLocalStore({ userId: ann });
  const stream = newGroup();
  const all = messages(stream, 1, 1_000);
  await store.applyPage(pulled([page(own, 1, [membership(stream)]), bootstrap(stream, all.slice(950))]));
  const window = (await store.conversation(stream))?.window;
  await store.applyHistory({ around: { seq: 300 }, window }, { stream, records: all.slice(299, 330), more: true });
  const asked: HistoryBounds[] = [];
  const loadHistory = createHistoryLoader({
    store,
    async ask(request) {
      asked.push(request);
      const from = all.findIndex(({ createdAt }) => createdAt >= (request.around?.time ?? ''));
      if (!isOnline) return undefined;
      return { stream, records: all.slice(Math.max(0, from - 10), from + 10), more: from > 10 };
    },
  });
  const seqAt = async (minute: number) => {
    const id = await messageAt({ store, loadHistory }, stream, at(minute));
    return all.find((each) => each.id === id)?.seq;
  };
  return { store, stream, asked, seqAt };
}

test('[VB12] the device itself finds the first message of a day if it holds that message and the one before', async () => {
  const { asked, seqAt } = await device();
  expect([await seqAt(960), await seqAt(310), await seqAt(5_000)]).toEqual([960, 310, 1_000]);
  expect(asked).toEqual([]);
});

test('[VB12] [CL20] otherwise one request fetches it, and from then on the device finds it by itself', async () => {
  const { store, stream, asked, seqAt } = await device();
  expect([await seqAt(700), await seqAt(700), await seqAt(300)]).toEqual([700, 700, 300]);
  expect(asked.map(({ around }) => around)).toEqual([{ time: at(700) }, { time: at(300) }]);
  expect((await store.conversation(stream))?.older).toEqual([290, 330, 690, 709]);
});

test('[CL20] without a connection it finds the next one on the device', async () => {
  const { seqAt } = await device(false);
  expect([await seqAt(1), await seqAt(700)]).toEqual([300, 951]);
});
