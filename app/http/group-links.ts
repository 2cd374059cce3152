import * as v from 'valibot';
import { GROUP_LINKS_PATH, LinkPreview, MadeLink, type NewLink, OpenLinks } from '#protocol/group-links.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { request, type Outcome } from './request.ts';

/** The links of a group that still work, for its admins. [GL1] */
export function openLinks(stream: ConversationId): Promise<Outcome<v.InferOutput<typeof OpenLinks>>> {
  return request(`${GROUP_LINKS_PATH}?${new URLSearchParams({ stream }).toString()}`, OpenLinks);
}

/** The answer is the only place where the link can be read. */
export function makeLink(link: NewLink): Promise<Outcome<MadeLink>> {
  return request(GROUP_LINKS_PATH, MadeLink, { method: 'POST', body: link });
}

export function revokeLink(id: string): Promise<Outcome<unknown>> {
  return request(`${GROUP_LINKS_PATH}/revoke`, v.unknown(), { method: 'POST', body: { id } });
}

/** Where a link leads, or why it does not work. [GL2] */
export function lookAtLink(token: string): Promise<Outcome<LinkPreview>> {
  return request(`${GROUP_LINKS_PATH}/look`, LinkPreview, { method: 'POST', body: { token } });
}
