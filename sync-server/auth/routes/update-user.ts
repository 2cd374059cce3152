import * as v from 'valibot';
import { strict } from '#protocol/shape.ts';
import { Name } from '#server/auth/name-search.ts';
import { accountRoute, userOf } from './account-route.ts';
import { Picture } from './fields.ts';

export const updateUser = accountRoute({
  method: 'POST',
  path: '/update-user',
  body: strict({ name: v.optional(Name), image: Picture, findable: v.optional(v.boolean()) }),
  session: 'required',
  attempt: (visit, { attempts }) => attempts.profileChange(userOf(visit)),
  after({ body, session }, events) {
    if (session !== null && ('name' in body || 'image' in body)) events.profileChanged(session.userId);
  },
});
