import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { type Failure, syncError } from '#protocol/errors.ts';
import { GROUP_LINKS_PATH, LinkToken, NewLink, type LinkPreview } from '#protocol/group-links.ts';
import { ConversationId, type UserId } from '#protocol/ids.ts';
import { MAX_OPEN_LINKS, limits } from '#protocol/limits.ts';
import { mayAdd } from '#protocol/policies.ts';
import { parse, strict } from '#protocol/shape.ts';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import type { Sessions } from '#server/auth/sessions.ts';
import { safeError } from '#server/logging.ts';
import type { GroupLinks } from '#server/group-links/group-links.ts';
import type { WholeGroup } from '#server/streams/whole-group.ts';
import { sendFailure } from './failures.ts';
import { rateFailure } from './rate-limit.ts';
import { requireSession, sessionOf } from './require-session.ts';

/** For one person: more than an admin needs, and too few to find groups by guessing. */
const REQUESTS = { windowMs: 60_000, max: 60 };
const MAX_BODY_BYTES = 2 * 1024;

interface LinkRouteParts {
  sessions: Pick<Sessions, 'find'>;
  links: GroupLinks;
  groupOf: WholeGroup;
  /** Absent: nothing is limited. */
  limiter: Limiter | undefined;
}

/** `/api/group-links`: links are made, listed and revoked by the admins of a group, and looked up by people who have one. [GL1] [GL2] */
export function registerLinkRoutes(app: FastifyInstance, { sessions, links, groupOf, limiter }: LinkRouteParts): void {
  const options = { bodyLimit: MAX_BODY_BYTES, preHandler: requireSession(sessions) };
  const route = (work: (userId: UserId, input: unknown) => Promise<object | Failure>) =>
    async function answer(request: FastifyRequest, reply: FastifyReply): Promise<object> {
      const { userId } = sessionOf(request);
      const excess = rateFailure(limiter, `group links ${userId}`, REQUESTS);
      if (excess !== undefined) return sendFailure(reply, excess);
      try {
        const result = await work(userId, request.method === 'GET' ? request.query : request.body);
        return 'error' in result ? await sendFailure(reply, result.error) : result;
      } catch (error) {
        request.log.warn({ error: safeError(error) }, 'the links to groups cannot be reached');
        return sendFailure(reply, syncError('unavailable', 'the database does not answer', { retryAfterMs: 1_000 }));
      }
    };

  app.get(GROUP_LINKS_PATH, options, route(list));
  app.post(GROUP_LINKS_PATH, options, route(make));
  app.post(`${GROUP_LINKS_PATH}/revoke`, options, route(revoke));
  // The token is sent in the body, because paths end up in the logs of proxies.
  app.post(`${GROUP_LINKS_PATH}/look`, options, route(look));

  /** Undefined if the person may add people to the group. */
  async function refusalOf(stream: ConversationId, userId: UserId): Promise<Failure | undefined> {
    const member = (await groupOf(stream))?.present.get(userId);
    if (member === undefined) return { error: syncError('not_found', 'no such conversation', { path: 'stream' }) };
    if (mayAdd(stream, member.role)) return undefined;
    return { error: syncError('forbidden', 'only an admin may let people join a group') };
  }

  async function list(userId: UserId, input: unknown): Promise<object | Failure> {
    const parsed = parse(strict({ stream: ConversationId }), input);
    if (!parsed.ok) return { error: parsed.error };
    const { stream } = parsed.value;
    return (await refusalOf(stream, userId)) ?? { links: await links.open(stream) };
  }

  async function make(userId: UserId, input: unknown): Promise<object | Failure> {
    const parsed = parse(NewLink, input);
    if (!parsed.ok) return { error: parsed.error };
    const refusal = await refusalOf(parsed.value.stream, userId);
    if (refusal !== undefined) return refusal;
    const made = await links.make(parsed.value, userId);
    return made ?? { error: syncError('too_large', `more than ${MAX_OPEN_LINKS} links`, { path: 'stream' }) };
  }

  async function revoke(userId: UserId, input: unknown): Promise<object | Failure> {
    const parsed = parse(strict({ id: v.pipe(v.string(), v.maxLength(100)) }), input);
    if (!parsed.ok) return { error: parsed.error };
    const stream = await links.streamOf(parsed.value);
    const missing = { error: syncError('not_found', 'no such link', { path: 'id' }) };
    if (stream === undefined) return missing;
    const refusal = await refusalOf(stream, userId);
    if (refusal !== undefined) return refusal.error.code === 'not_found' ? missing : refusal;
    await links.revoke(parsed.value.id);
    return { status: true };
  }

  async function look(userId: UserId, input: unknown): Promise<LinkPreview | Failure> {
    const parsed = parse(strict({ token: LinkToken }), input);
    if (!parsed.ok) return { error: parsed.error };
    const { token } = parsed.value;
    const missing = { error: syncError('not_found', 'no such link', { path: 'token' }) };
    const stream = await links.streamOf(parsed.value);
    if (stream === undefined) return missing;
    const [link, group] = await Promise.all([links.find(token, stream, userId), groupOf(stream)]);
    if (link === undefined || group === undefined) return missing;
    const { title, present, removed } = group;
    const preview = { stream, ...(title === undefined ? {} : { title }), memberCount: present.size };
    if (present.has(userId)) return { ...preview, isMember: true };
    const maker = present.get(link.createdBy);
    if (maker === undefined || !mayAdd(stream, maker.role)) return { obstacle: 'revoked' };
    if (link.obstacle !== undefined) return { obstacle: link.obstacle };
    if (removed.has(userId)) return { obstacle: 'removed' };
    if (present.size >= limits.members) return { obstacle: 'full' };
    return { ...preview, isMember: false };
  }
}
