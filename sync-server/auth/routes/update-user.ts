import * as v from 'valibot';
import { AboutLine } from '#protocol/about.ts';
import { MediaId, type UserId } from '#protocol/ids.ts';
import { PersonName } from '#protocol/record.ts';
import { strict } from '#protocol/shape.ts';
import { refusal } from '#server/auth/answers.ts';
import { accountRoute, userOf } from './account-route.ts';

export const updateUser = accountRoute({
  method: 'POST',
  path: '/update-user',
  body: strict({
    name: v.optional(PersonName),
    image: v.nullish(MediaId),
    about: v.nullish(AboutLine),
    findable: v.optional(v.boolean()),
  }),
  session: 'required',
  /** The picture is one that this person has uploaded to their own stream. [MD12] */
  async before(visit, { takePicture }) {
    const { image } = visit.body;
    if (image === undefined || image === null || (await takePicture(userOf(visit) as UserId, image))) return null;
    return refusal(400, 'INVALID_IMAGE', 'image: no such picture');
  },
  attempt: (visit, { attempts }) => attempts.profileChange(userOf(visit)),
  after({ body, session }, events) {
    if (session !== null && ('name' in body || 'image' in body || 'about' in body))
      events.profileChanged(session.userId);
  },
});
