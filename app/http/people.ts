import { UsersAnswer, type UsersQuery } from '#protocol/http.ts';
import type { UserId } from '#protocol/ids.ts';
import { request, type Outcome } from './request.ts';

/** The person who has this id, or nobody. [HT3] */
export function findPerson(id: UserId): Promise<Outcome<UsersAnswer>> {
  return request(`/api/users?id=${id}`, UsersAnswer);
}

/** One page of the people with whom the user may start a chat. [HT3] */
export function findPeople(query: UsersQuery, signal?: AbortSignal): Promise<Outcome<UsersAnswer>> {
  const search = new URLSearchParams();
  if (query.q !== undefined && query.q !== '') search.set('q', query.q);
  if (query.after !== undefined) search.set('after', query.after);
  const suffix = search.size === 0 ? '' : `?${search.toString()}`;
  return request(`/api/users${suffix}`, UsersAnswer, signal === undefined ? {} : { signal });
}
