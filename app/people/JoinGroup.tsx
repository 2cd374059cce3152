import { useLiveQuery } from 'dexie-react-hooks';
import { useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { lookAtLink } from '#app/http/group-links.ts';
import { useWords, type MessageKey } from '#app/i18n/words.ts';
import { joinGroup } from '#app/ops/members.ts';
import { isShownConnected } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { useNowAndConnected } from '#app/connection/use-now-and-connected.ts';
import { chatPath } from '#protocol/chat-path.ts';
import type { LinkObstacle, LinkPreview } from '#protocol/group-links.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { canRetry, LinkAnswer } from './LinkAnswer.tsx';
import styles from './LinkPage.module.css';

type Group = Extract<LinkPreview, { stream: unknown }>;
type Seen = { kind: 'loading' | 'offline' | 'unknown' | 'failed' | LinkObstacle } | { kind: 'group'; group: Group };

interface JoinGroupProps {
  client: Client;
  token: string;
}

/** The page of a link to a group: what it leads to, or why it does not work. Joining is an op, so it survives a lost connection. [GL3] */
export function JoinGroup({ client, token }: JoinGroupProps) {
  const words = useWords();
  const [, navigate] = useLocation();
  const [seen, setSeen] = useState<Seen>({ kind: 'loading' });
  const look = useCallback(async () => setSeen(await seenThrough(token)), [token]);
  useNowAndConnected(look);
  const isOnline = useAppSelector(isShownConnected);

  const stream = seen.kind === 'group' ? seen.group.stream : undefined;
  const progress = useLiveQuery(() => progressOf(client, stream), [client, stream]);
  const isIn = progress?.isIn === true || (seen.kind === 'group' && seen.group.isMember);
  useEffect(() => {
    if (isIn && stream !== undefined) navigate(chatPath(stream), { replace: true });
  }, [isIn, stream, navigate]);

  // The op was refused for good; looking the link up again shows why.
  const refused = progress?.refused;
  useEffect(() => {
    if (refused === undefined) return;
    void client.outbox.discard(refused).then(look);
  }, [refused, client, look]);

  const isJoining = progress?.isWaiting === true || isIn;
  const group = seen.kind === 'group' ? seen.group : undefined;
  return (
    <LinkAnswer
      title={words('join.title')}
      target={group && { id: group.stream, name: group.title ?? '', shape: 'square' }}
      obstacle={seen.kind === 'group' || seen.kind === 'loading' ? undefined : sentences[seen.kind]}
      onRetry={canRetry(seen.kind) ? () => void look() : undefined}
    >
      <p className={styles.line}>{words('chat.people', { count: group?.memberCount ?? 0 })}</p>
      {!isJoining && (
        <Button onClick={() => group && void client.outbox.queue(joinGroup(group.stream, token))}>
          {words('join.button')}
        </Button>
      )}
      <p role="status" className={styles.line}>
        {isJoining ? words(isOnline ? 'join.joining' : 'join.waits') : ''}
      </p>
    </LinkAnswer>
  );
}

const sentences: Record<Exclude<Seen['kind'], 'loading' | 'group'>, [MessageKey, MessageKey]> = {
  offline: ['join.offline', 'join.offlineBody'],
  unknown: ['join.unknown', 'join.unknownBody'],
  failed: ['join.failed', 'join.failedBody'],
  expired: ['join.expired', 'join.askBody'],
  'used-up': ['join.used-up', 'join.askBody'],
  revoked: ['join.revoked', 'join.askBody'],
  removed: ['join.removed', 'join.removedBody'],
  full: ['join.full', 'join.fullBody'],
};

async function seenThrough(token: string): Promise<Seen> {
  const outcome = await lookAtLink(token);
  if (outcome.ok)
    return 'obstacle' in outcome.value ? { kind: outcome.value.obstacle } : { kind: 'group', group: outcome.value };
  const { failure } = outcome;
  if (failure.kind === 'offline') return { kind: 'offline' };
  // `invalid`: it is not a token, because the link was cut off or mistyped.
  const isUnknown = failure.kind === 'refused' && (failure.code === 'not_found' || failure.code === 'invalid');
  return { kind: isUnknown ? 'unknown' : 'failed' };
}

/** What the device knows about joining this group. */
async function progressOf({ store }: Client, stream: ConversationId | undefined) {
  if (stream === undefined) return undefined;
  const [row, outbox] = await Promise.all([store.conversation(stream), store.outbox(stream)]);
  const joining = outbox.filter(({ op }) => op.kind === 'member.join');
  return {
    isIn: row?.membership !== undefined && row.membership.leftAt === undefined,
    isWaiting: joining.some(({ state }) => state !== 'failed'),
    refused: joining.find(({ state }) => state === 'failed')?.id,
  };
}
