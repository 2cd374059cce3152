import type { StreamId, UserId } from '#protocol/ids.ts';
import { applyAnswers, applyRun, applyStep, type Pulled } from './apply.ts';
import { coalesced } from './coalesced.ts';
import { saveDraft, unsharedDrafts } from './drafts.ts';
import { damagedOf, giveUpDamaged, repairsOf, withoutRows } from './held-rows.ts';
import type { LocalStore } from './local-store.ts';
import { beginAttempt, enqueueOps, fileUploaded, requeueOps } from './outbox-rows.ts';
import { holdOps, releaseOps, takeBackOps } from './held-ops.ts';
import { discardOp, retryOp } from './retry.ts';
import { forgetLeft } from './drop.ts';
import { readingOver } from './reading-over.ts';
import { createRecentWrites, noting, nothingWritten } from './recent-writes.ts';
import type { Backing, Rows } from './rows.ts';
import { settleResults } from './settle.ts';
import { cancelMessage, editText, restoreOps } from './waiting.ts';

/** The local store over any backing: every method is one transaction, and every rule has a file of its own. */
export function storeOver({ read, observe, onChange, close, ...backing }: Backing, userId: UserId): LocalStore {
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
  const applyPulled = coalesced((pulled: readonly Pulled[]) => write((rows) => applyAnswers(rows, userId, pulled)));
  return {
    userId,
    recentWrites,

    conversations: () => read((rows) => reading(rows).conversations()),
    conversation: (stream) => read((rows) => reading(rows).conversation(stream)),
    conversationsOf: (streams) => read((rows) => reading(rows).conversationsOf(streams)),
    conversationsAfter: (stream, limit) => read((rows) => reading(rows).conversationsAfter(stream, limit)),
    members: (stream) => read((rows) => reading(rows).members(stream)),
    people: (ids) => read((rows) => reading(rows).people(ids)),
    knownPeople: () => read((rows) => reading(rows).knownPeople()),
    messages: (stream, range) => read((rows) => reading(rows).messages(stream, range)),
    message: (stream, id) => read((rows) => reading(rows).message(stream, id)),
    outbox: (stream) => read((rows) => reading(rows).outbox(stream)),
    draft: (stream) => read((rows) => reading(rows).draft(stream)),
    edits: (stream) => read((rows) => reading(rows).edits(stream)),
    drafts: () => read((rows) => reading(rows).drafts()),
    snapshot: (reads) => read((rows) => reads(reading(rows))),
    observe,
    onChatChange: (listener) =>
      onChange(['conversations', 'members', 'messages', 'outbox', 'drafts', 'edits', 'people'], listener),
    onListChange: (listener) => onChange(['conversations', 'outbox', 'drafts', 'people'], listener),

    enqueue: (ops, queuedAt, isAttempt = false) => write((rows) => enqueueOps(rows, userId, ops, queuedAt, isAttempt)),
    hold: (ops, queuedAt) => write((rows) => holdOps(rows, userId, ops, queuedAt)),
    release: (ids) => write((rows) => releaseOps(rows, ids)),
    takeBack: (ids) => write((rows) => takeBackOps(rows, userId, ids)),
    retry: (id, newId) => write((rows) => retryOp(rows, id, newId)),
    discard: (id) => write((rows) => discardOp(rows, userId, id)),
    editText: (text, change) => write((rows) => editText(rows, userId, text, change)),
    cancel: (change) => write((rows) => cancelMessage(rows, userId, change)),
    fileUploaded: (local, uploaded) => write((rows) => fileUploaded(rows, local, uploaded)),
    restore: (removed) => write((rows) => restoreOps(rows, userId, removed)),
    saveDraft: (stream, typed, base) => write((rows) => saveDraft(rows, stream, typed, base)),
    forgetLeft: (stream) => write((rows) => forgetLeft(rows, stream)),
    keepEdit: (edit) => write(async (rows) => void (await rows.edits.put(edit))),
    dropEdit: (id) => write(async (rows) => void (await rows.edits.delete(id))),
    rememberPeople: (people) => write(async (rows) => void (await rows.people.bulkPut(people))),

    unsharedDrafts: () => read(unsharedDrafts),
    epoch: () => read(async (rows) => (await rows.facts.get('epoch'))?.value),
    cursors: () =>
      read(async (rows) => {
        const held = await rows.cursors.toArray();
        return Object.fromEntries(held.map(({ stream, rev }) => [stream, rev])) as Record<StreamId, number>;
      }),
    withoutRows: () => read(withoutRows),
    check: async (streams) => {
      const damaged = await read((rows) => damagedOf(rows, userId, streams));
      // Checked again in the transaction that writes.
      return damaged.length === 0 ? [] : write((rows) => giveUpDamaged(rows, userId, damaged));
    },
    repairs: () => read(repairsOf),
    applyPage: (answer, asked) => applyPulled({ answer, asked }),
    applyChanges: (changes) => write((rows) => applyStep(rows, userId, changes)),
    applyHistory: (asked, answer) => write((rows) => applyRun(rows, userId, asked, answer)),
    beginAttempt: (ids) => write((rows) => beginAttempt(rows, ids)),
    settle: (results) => write((rows) => settleResults(rows, userId, results)),
    requeue: (ids) => write((rows) => requeueOps(rows, ids)),

    close,
  };
}
