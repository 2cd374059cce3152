import * as v from 'valibot';
import { useLiveQuery } from 'dexie-react-hooks';
import { useCallback, useState } from 'react';
import { useLocation } from 'wouter';
import { findPerson } from '#app/http/people.ts';
import { shownName } from '#app/i18n/name-words.ts';
import { useWords, type MessageKey } from '#app/i18n/words.ts';
import { sharedGroups } from '#app/shown/shared-groups.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { useNowAndConnected } from '#app/connection/use-now-and-connected.ts';
import { chatPath } from '#protocol/chat-path.ts';
import type { Person } from '#protocol/http.ts';
import { UserId } from '#protocol/ids.ts';
import { canRetry, LinkAnswer } from './LinkAnswer.tsx';
import styles from './LinkPage.module.css';

type Seen = { kind: 'loading' | 'own' | 'offline' | 'unknown' | 'failed' } | { kind: 'person'; person: Person };

interface PersonLinkProps {
  client: Client;
  /** The last part of the link: the person's id, unless it was cut off or mistyped. */
  token: string;
}

/** The page of a link to a person: who it is, and a way to start a chat. If the device knows the person, this works offline. [HT3] */
export function PersonLink({ client, token }: PersonLinkProps) {
  const id = token as UserId;
  const words = useWords();
  const [, navigate] = useLocation();
  const [seen, setSeen] = useState<Seen>({ kind: 'loading' });
  const look = useCallback(async () => setSeen(await seenThrough(client, id)), [client, id]);
  useNowAndConnected(look);
  const shared = useLiveQuery(
    () => client.store.snapshot((reading) => sharedGroups(reading, new Set([id]))),
    [client, id],
  );
  const count = shared?.get(id)?.length ?? 0;
  const person = seen.kind === 'person' ? seen.person : undefined;
  return (
    <LinkAnswer
      title={words('new.title')}
      target={person && { id, name: shownName(person.name, words), shape: 'round' }}
      obstacle={seen.kind === 'person' || seen.kind === 'loading' ? undefined : sentences[seen.kind]}
      onRetry={canRetry(seen.kind) ? () => void look() : undefined}
    >
      {person?.about !== undefined && (
        <p className={styles.line} dir="auto">
          {person.about}
        </p>
      )}
      {count > 0 && <p className={styles.line}>{words('person.inCommon', { count })}</p>}
      <Button
        onClick={() =>
          person &&
          void client.outbox.startDirect(person).then((stream) => navigate(chatPath(stream), { replace: true }))
        }
      >
        {words('details.message')}
      </Button>
    </LinkAnswer>
  );
}

const sentences: Record<Exclude<Seen['kind'], 'loading' | 'person'>, [MessageKey, MessageKey]> = {
  own: ['person.own', 'person.ownBody'],
  offline: ['join.offline', 'join.offlineBody'],
  unknown: ['person.unknown', 'person.unknownBody'],
  failed: ['join.failed', 'join.failedBody'],
};

async function seenThrough({ store }: Client, id: UserId): Promise<Seen> {
  if (!v.is(UserId, id)) return { kind: 'unknown' };
  if (id === store.userId) return { kind: 'own' };
  const outcome = await findPerson(id);
  if (outcome.ok) {
    const [person] = outcome.value.users;
    return person === undefined ? { kind: 'unknown' } : { kind: 'person', person };
  }
  const known = (await store.people([id])).get(id);
  if (known !== undefined) return { kind: 'person', person: known };
  return { kind: outcome.failure.kind === 'offline' ? 'offline' : 'failed' };
}
