import { SearchAnswer, type SearchQuery } from '#protocol/http.ts';
import { request, type Outcome } from './request.ts';

/** One page of the messages that hold every word of the query, newest first. [SR1] */
export function findMessages({ q, stream, before }: SearchQuery, signal: AbortSignal): Promise<Outcome<SearchAnswer>> {
  const search = new URLSearchParams({ q });
  if (stream !== undefined) search.set('stream', stream);
  if (before !== undefined) search.set('before', before);
  return request(`/api/search?${search.toString()}`, SearchAnswer, { signal });
}
