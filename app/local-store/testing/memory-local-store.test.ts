import { describe, expect, it } from 'vitest';
import { describeLocalStore } from './local-store.contract.ts';
import { createMemoryDisk, openMemoryLocalStore } from './memory-local-store.ts';
import { ann, at, bootstrap, messages, newGroup, pulled, send } from './records.fixture.ts';

describeLocalStore('in memory', () => {
  const disk = createMemoryDisk();
  return {
    tab: () => Promise.resolve(openMemoryLocalStore({ userId: ann, disk })),
    close: () => Promise.resolve(),
  };
});

describe('memory local store', () => {
  /** A flush that reports when it is reached and waits to be released. */
  function gate() {
    const gates: { arrive: () => void; pass: () => void }[] = [];
    let isOpen = true;
    return {
      shut: () => void (isOpen = false),
      flush: () => (isOpen ? Promise.resolve() : new Promise<void>((pass) => gates.push({ arrive: () => {}, pass }))),
      waiting: () => gates.length,
      open() {
        isOpen = true;
        for (const { pass } of gates.splice(0)) pass();
      },
    };
  }
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
  };

  it('[CL1] loses what was not committed when the process dies, and keeps the rest', async () => {
    const disk = createMemoryDisk();
    const { shut, flush, waiting, open } = gate();
    const store = openMemoryLocalStore({ userId: ann, disk, flush });
    const stream = newGroup();
    const [kept, lost] = [send(stream), send(stream)];
    await store.enqueue([kept], at(1));
    shut();
    let isSettled = false;
    const settled = () => void (isSettled = true);
    store.enqueue([lost], at(2)).then(settled, settled);
    await until(() => waiting() === 1);
    store.crash();
    open();
    const again = openMemoryLocalStore({ userId: ann, disk });
    expect((await again.outbox()).map(({ id }) => id)).toEqual([kept.id]);
    expect(isSettled).toBe(false);
  });

  it('[CL3] a page and its cursor are lost or kept together, whenever the process dies during the transaction', async () => {
    const outcomes = new Set<string>();
    for (let ticks = 0; ticks < 90; ticks++) {
      const disk = createMemoryDisk();
      const store = openMemoryLocalStore({ userId: ann, disk });
      const stream = newGroup();
      void store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 3))]));
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      store.crash();
      const again = openMemoryLocalStore({ userId: ann, disk });
      const [cursors, held, row] = [
        await again.cursors(),
        await again.messages(stream, {}),
        await again.conversation(stream),
      ];
      outcomes.add(
        `${Object.keys(cursors).length} ${held.length} ${row?.lastSeq ?? 'none'} ${(await again.epoch()) ?? 'none'}`,
      );
    }
    expect(outcomes).toEqual(new Set(['0 0 none none', '1 3 3 first']));
  });

  it('[REL-10] a full disk stores nothing of the write, and the write is rejected', async () => {
    const disk = createMemoryDisk();
    const full = openMemoryLocalStore({ userId: ann, disk, flush: () => Promise.reject(new Error('full')) });
    await expect(full.enqueue([send(newGroup())], at(1))).rejects.toThrow('full');
    expect(await openMemoryLocalStore({ userId: ann, disk }).outbox()).toEqual([]);
  });

  it('[CL6] a closed store rejects calls and notifies no observer', async () => {
    const store = openMemoryLocalStore({ userId: ann });
    store.close();
    await expect(store.outbox()).rejects.toThrow('closed');
  });
});
