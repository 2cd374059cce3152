import * as v from 'valibot';
import { PersonName } from '#protocol/record.ts';
import { strict } from '#protocol/shape.ts';
import { accountRoute, userOf } from './account-route.ts';
import { Picture } from './fields.ts';

export const updateUser = accountRoute({
  method: 'POST',
  path: '/update-user',
  body: strict({ name: v.optional(PersonName), image: Picture, findable: v.optional(v.boolean()) }),
  session: 'required',
  attempt: (visit, { attempts }) => attempts.profileChange(userOf(visit)),
  after({ body, session }, events) {
    if (session !== null && ('name' in body || 'image' in body)) events.profileChanged(session.userId);
  },
});
