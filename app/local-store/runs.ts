import type { ConversationRow } from './local-store.ts';

/** Runs of seqs: pairs of the first and the last seq of each, ascending and not adjacent. */
export type Runs = readonly number[];

/** Adds these seqs to the runs. */
export function withRun(runs: Runs, from: number, to: number): number[] {
  const before: number[] = [];
  const after: number[] = [];
  let [first, last] = [from, to];
  for (const [start, end] of pairs(runs)) {
    if (end < first - 1) before.push(start, end);
    else if (start > last + 1) after.push(start, end);
    else [first, last] = [Math.min(first, start), Math.max(last, end)];
  }
  return [...before, first, last, ...after];
}

/** The parts of from … to that are in none of the runs, the highest first. */
export function outsideOf(runs: Runs, from: number, to: number): [from: number, to: number][] {
  const found: [number, number][] = [];
  let start = from;
  for (const [first, last] of pairs(runs)) {
    if (first > start) found.push([start, Math.min(first - 1, to)]);
    start = Math.max(start, last + 1);
  }
  if (start <= to) found.push([start, to]);
  return found.filter(([first, last]) => first <= last).toReversed();
}

export function isInside(runs: Runs, seq: number): boolean {
  return pairs(runs).some(([first, last]) => first <= seq && seq <= last);
}

type Window = Pick<ConversationRow, 'historyStart' | 'lastSeq' | 'older'>;

/** All messages of a conversation that are on the device, ascending: the older runs, and then the newest window. */
export function heldRuns({ historyStart, lastSeq, older = [] }: Window): [from: number, to: number][] {
  return historyStart === 0 ? [] : pairs([...older, historyStart, lastSeq]);
}

export function isHeld(row: Window, seq: number): boolean {
  return heldRuns(row).some(([from, to]) => from <= seq && seq <= to);
}

function pairs(runs: Runs): [first: number, last: number][] {
  const all: [number, number][] = [];
  for (let at = 0; at + 1 < runs.length; at += 2) all.push([runs[at] as number, runs[at + 1] as number]);
  return all;
}
