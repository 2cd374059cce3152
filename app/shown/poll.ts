import type { Poll } from '#protocol/record.ts';

/** The votes for each option, and how many people voted. [PO3] */
export function pollResults({ options, votes, counts, voters }: Poll): { counts: number[]; voters: number } {
  const all = Object.values(votes);
  return {
    counts: counts ?? options.map((_, at) => all.filter((chosen) => chosen.includes(at)).length),
    voters: voters ?? all.length,
  };
}

/** The person's vote after a press on an option; a second press takes it back. */
export function votedWith({ isMultiple }: Poll, own: readonly number[], pressed: number): number[] {
  if (own.includes(pressed)) return own.filter((option) => option !== pressed);
  return isMultiple === true ? [...own, pressed] : [pressed];
}
