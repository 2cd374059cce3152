import type { MemoryDisk } from '#app/local-store/testing/memory-local-store.ts';
import { isConversation } from '#protocol/ids.ts';
import { heldRuns } from '#app/local-store/runs.ts';
import type { Run } from './run.fixture.ts';

/**
 * A disk loses rows while the app does not run. Unsent ops and drafts are left alone, because the server can't restore them.
 * Returns what was lost, or undefined if there was nothing to lose.
 */
export async function damage({ rows: memory }: MemoryDisk, { below, pick }: Run): Promise<string | undefined> {
  const { rows } = memory;
  const cursors = await rows.cursors.toArray();
  const held = (await rows.conversations.toArray()).filter(({ historyStart }) => historyStart > 0);
  if (cursors.length === 0 || held.length === 0) return undefined;
  const row = pick(held);
  const { stream } = row;
  const lose = async (): Promise<string> => {
    switch (below(7)) {
      case 0: {
        const lost = pick(cursors).stream;
        await rows.cursors.delete(lost);
        return `the cursor of ${lost}`;
      }
      case 1: {
        const [from, to] = pick(heldRuns(row));
        const seq = from + below(to - from + 1);
        await rows.messages.delete([stream, seq]);
        return `message ${seq} of ${stream}`;
      }
      case 2:
        await rows.dropMessages(stream, Number.MAX_SAFE_INTEGER);
        return `all messages of ${stream}`;
      case 3:
        await rows.dropMembers(stream);
        return `the members of ${stream}`;
      case 4:
        await rows.conversations.delete(stream);
        return `the row of ${stream}`;
      case 5:
        for (const cursor of cursors) if (isConversation(cursor.stream)) await rows.conversations.delete(cursor.stream);
        return 'all rows of conversations';
      default:
        for (const table of [rows.cursors, rows.conversations, rows.members, rows.messages, rows.facts])
          await table.clear();
        return 'everything that came from the server';
    }
  };
  const lost = await lose();
  memory.commit();
  return lost;
}
