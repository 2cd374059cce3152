import { isPersonal } from '#protocol/ids.ts';
import type { StreamPage } from '#protocol/verbs.ts';
import { NAMED_AT_ONCE } from './batched-rows.ts';

/**
 * The pages of an answer, in their order, in pieces that are applied in a few milliseconds each. A piece changes as many conversations
 * as are written with one request.
 */
export function piecesOf(streams: readonly StreamPage[]): StreamPage[][] {
  const pieces: StreamPage[][] = [];
  for (const page of streams) {
    const last = pieces.at(-1);
    if (isPersonal(page.stream)) pieces.push(...slicesOf(page).map((slice) => [slice]));
    else if (last?.[0] === undefined || isPersonal(last[0].stream) || last.length === NAMED_AT_ONCE)
      pieces.push([page]);
    else last.push(page);
  }
  return pieces;
}

/** Splits the page into several, each with the cursor up to which it goes, as a server might have sent them. [VB4] */
function slicesOf(page: StreamPage): StreamPage[] {
  const { records, reset: _reset, ...rest } = page;
  const isAscending = records.every(({ rev }, at) => at === 0 || rev > (records[at - 1]?.rev ?? 0));
  if (records.length <= NAMED_AT_ONCE || !isAscending) return [page];
  const slices: StreamPage[] = [];
  for (let at = 0; at < records.length; at += NAMED_AT_ONCE) {
    const some = records.slice(at, at + NAMED_AT_ONCE);
    slices.push({ ...(at === 0 ? page : rest), records: some, cursor: some.at(-1)?.rev ?? 0, more: true });
  }
  return [
    ...slices.slice(0, -1),
    ...slices.slice(-1).map((last) => ({ ...last, cursor: page.cursor, more: page.more })),
  ];
}
