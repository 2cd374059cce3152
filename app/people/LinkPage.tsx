import { JOIN, PERSON } from '#app/links/paths.ts';
import type { Client } from '#app/sync/client.ts';
import { JoinGroup } from './JoinGroup.tsx';
import { PersonLink } from './PersonLink.tsx';

/** The page of a link to a group or to a person. A link that was cut off or mistyped has a page too, which says so. */
export default function LinkPage({ client, path }: { client: Client; path: string }) {
  return path.startsWith(PERSON) ? (
    <PersonLink client={client} token={path.slice(PERSON.length)} />
  ) : (
    <JoinGroup client={client} token={path.slice(JOIN.length)} />
  );
}
