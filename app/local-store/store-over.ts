import type { UserId } from '#protocol/ids.ts';
import type { engineWrites } from './engine-writes.ts';
import { blockedPeople } from './blocked.ts';
import { saveDraft, unsharedDrafts } from './drafts.ts';
import type { LocalStore } from './local-store.ts';
import { enqueueOps, replaceFile } from './outbox-rows.ts';
import { holdOps, releaseOps } from './held-ops.ts';
import { once } from './once.ts';
import { readingOver } from './reading-over.ts';
import { createRecentWrites, noting, nothingWritten } from './recent-writes.ts';
import type { Backing, Rows } from './rows.ts';

/** Loads the rules that only the engine needs. A page fetches them with the engine; a service worker can't fetch code. */
export type LoadEngineWrites = () => Promise<typeof engineWrites>;

/**
 * The local store over any backing: every method is one transaction, and every rule has a file of its own. The rules that only
 * the engine needs are loaded when they are first used.
 */
export function storeOver(
  { read, observe, onChange, close, ...backing }: Backing,
  userId: UserId,
  loadEngineWrites: LoadEngineWrites,
): LocalStore {
  const recentWrites = createRecentWrites();
  async function write<T>(body: (rows: Rows) => Promise<T>): Promise<T> {
    let written = nothingWritten();
    const result = await backing.write((rows) => {
      // The body runs again if the connection is lost during the transaction.
      written = nothingWritten();
      return body(noting(rows, written));
    });
    recentWrites.add(written);
    return result;
  }
  const reading = (rows: Rows) => readingOver(rows, userId);
  const engine = once(async () => (await loadEngineWrites())({ read, write, expect: recentWrites.expect }, userId));
  return {
    userId,
    recentWrites,

    conversations: () => read((rows) => reading(rows).conversations()),
    conversation: (stream) => read((rows) => reading(rows).conversation(stream)),
    conversationsOf: (streams) => read((rows) => reading(rows).conversationsOf(streams)),
    conversationsAfter: (stream, limit) => read((rows) => reading(rows).conversationsAfter(stream, limit)),
    members: (stream) => read((rows) => reading(rows).members(stream)),
    membersAt: (keys) => read((rows) => reading(rows).membersAt(keys)),
    people: (ids) => read((rows) => reading(rows).people(ids)),
    knownPeople: () => read((rows) => reading(rows).knownPeople()),
    messages: (stream, range) => read((rows) => reading(rows).messages(stream, range)),
    messagesAt: (keys) => read((rows) => reading(rows).messagesAt(keys)),
    messagesAfter: (stream, rev) => read((rows) => reading(rows).messagesAfter(stream, rev)),
    epoch: () => read((rows) => reading(rows).epoch()),
    cursors: () => read((rows) => reading(rows).cursors()),
    message: (stream, id) => read((rows) => reading(rows).message(stream, id)),
    outbox: (stream) => read((rows) => reading(rows).outbox(stream)),
    sending: (id) => read((rows) => reading(rows).sending(id)),
    draft: (stream) => read((rows) => reading(rows).draft(stream)),
    edits: (stream) => read((rows) => reading(rows).edits(stream)),
    drafts: () => read((rows) => reading(rows).drafts()),
    scheduled: (stream) => read((rows) => reading(rows).scheduled(stream)),
    blocked: () => read(blockedPeople),
    snapshot: (reads) => read((rows) => reads(reading(rows))),
    observe,
    onChatChange: (listener) =>
      onChange(
        ['conversations', 'members', 'messages', 'outbox', 'drafts', 'edits', 'scheduled', 'people', 'facts'],
        listener,
      ),
    onListChange: (listener) => onChange(['conversations', 'outbox', 'drafts', 'people'], listener),

    enqueue: (ops, queuedAt, isAttempt = false) => write((rows) => enqueueOps(rows, userId, ops, queuedAt, isAttempt)),
    hold: (ops, queuedAt) => write((rows) => holdOps(rows, userId, ops, queuedAt)),
    release: (ids) => write((rows) => releaseOps(rows, ids)),
    replaceFile: (local, by) => write((rows) => replaceFile(rows, local, by)),
    saveDraft: (stream, typed, base) => write((rows) => saveDraft(rows, stream, typed, base)),
    keepEdit: (edit) => write(async (rows) => void (await rows.edits.put(edit))),
    dropEdit: (id) => write(async (rows) => void (await rows.edits.delete(id))),
    rememberPeople: (people) => write(async (rows) => void (await rows.people.bulkPut(people))),

    // Not loaded with the engine's rules: it is observed, and a query that waits for code would no longer be observed.
    unsharedDrafts: () => read(unsharedDrafts),
    editText: async (text, change) => (await engine()).editText(text, change),
    cancel: async (change) => (await engine()).cancel(change),
    restore: async (removed) => (await engine()).restore(removed),
    retry: async (id, newId) => (await engine()).retry(id, newId),
    discard: async (id) => (await engine()).discard(id),
    takeBack: async (ids) => (await engine()).takeBack(ids),
    forgetLeft: async (stream) => (await engine()).forgetLeft(stream),
    withoutRows: async () => (await engine()).withoutRows(),
    check: async (streams) => (await engine()).check(streams),
    repairs: async () => (await engine()).repairs(),
    applyPage: async (answer, asked) => (await engine()).applyPage(answer, asked),
    applyChanges: async (changes) => (await engine()).applyChanges(changes),
    applyHistory: async (asked, answer) => (await engine()).applyHistory(asked, answer),
    beginAttempt: async (ids, at) => (await engine()).beginAttempt(ids, at),
    settle: async (results) => (await engine()).settle(results),
    requeue: async (ids, error) => (await engine()).requeue(ids, error),

    close,
  };
}
