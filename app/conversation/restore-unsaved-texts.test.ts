import { expect, test } from 'vitest';
import { openMemoryLocalStore } from '#app/local-store/testing/memory-local-store.ts';
import { ann, at, newGroup, nextId } from '#app/local-store/testing/records.fixture.ts';
import { restoreDraft } from './restore-unsaved-texts.ts';

const kinds = [
  { kind: 'message.send' as const, sentAt: at(1) },
  { kind: 'message.schedule' as const, dueAt: at(60) },
];
const cases = kinds.flatMap((kind) => ['', 'see you', 'see you at six', 'six'].map((saved) => ({ kind, saved })));

test.each(cases)(
  '[CL1] [C2] what was being stored when the page was closed is the draft again, unless the device has it: %o',
  async ({ kind, saved }) => {
    const store = openMemoryLocalStore({ userId: ann });
    const stream = newGroup();
    await store.saveDraft(stream, saved, '');
    const first = { id: nextId(), text: 'see you at six' };
    const typed = 'see you at sixokbring wine';
    const left = { stream, typed, base: saved, storing: [first, { id: nextId(), text: 'ok' }] };
    await restoreDraft(store, left);
    expect((await store.draft(stream)).text).toBe(typed);
    await store.saveDraft(stream, saved, typed);
    await store.enqueue([{ ...kind, ...first, stream }], at(1));
    await restoreDraft(store, left);
    expect((await store.draft(stream)).text).toBe('okbring wine');
  },
);
