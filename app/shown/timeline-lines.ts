/** What is drawn above and around a message; it depends on the messages before and after it. */
export interface Lines {
  /** How many messages between it and the one above are not on this device. */
  gap: number;
  startsDay: boolean;
  /** The line of new messages is drawn above it. */
  startsNew: boolean;
  isFirstOfRun: boolean;
  isLastOfRun: boolean;
}

interface Message {
  /** Absent until the server has accepted it. */
  seq?: number;
  senderId: string;
  /** When it was written. */
  at: Date;
  event?: unknown;
  failed?: unknown;
}

const RUN_MS = 5 * 60_000;

/**
 * The days, the runs and the line of new messages, which is above the message at `firstNew`. A day starts only when the date
 * advances, so a wrong clock never starts an earlier day again. `hidden`: the seqs of messages that are on the device and not
 * shown; they do not count as a gap.
 */
export function linesOf(messages: readonly Message[], firstNew: number, hidden: readonly number[]): Lines[] {
  const all: Lines[] = [];
  /** Where the latest day ends, in milliseconds. Most messages are of the same day as the one before, and no date is made for them. */
  let endOfDay = Number.NEGATIVE_INFINITY;
  let before: { message: Message; lines: Lines } | undefined;
  for (const message of messages) {
    const startsDay = message.at.getTime() >= endOfDay;
    if (startsDay) endOfDay = new Date(message.at).setHours(24, 0, 0, 0);
    const startsNew = all.length === firstNew;
    const [above, below] = [before?.message.seq ?? Infinity, message.seq ?? 0];
    const gap = below - above - 1 - hidden.filter((seq) => seq > above && seq < below).length;
    const continues = before !== undefined && !startsDay && !startsNew && gap <= 0 && isOneRun(before.message, message);
    if (before !== undefined) before.lines.isLastOfRun = !continues;
    const lines = { gap: Math.max(0, gap), startsDay, startsNew, isFirstOfRun: !continues, isLastOfRun: true };
    before = { message, lines };
    all.push(lines);
  }
  return all;
}

function isOneRun(one: Message, next: Message): boolean {
  return (
    one.senderId === next.senderId &&
    one.event === undefined &&
    next.event === undefined &&
    one.failed === undefined &&
    Math.abs(next.at.getTime() - one.at.getTime()) <= RUN_MS
  );
}

export function isSameLines(item: Lines, { gap, startsDay, startsNew, isFirstOfRun, isLastOfRun }: Lines): boolean {
  return (
    item.gap === gap &&
    item.startsDay === startsDay &&
    item.startsNew === startsNew &&
    item.isFirstOfRun === isFirstOfRun &&
    item.isLastOfRun === isLastOfRun
  );
}
