import { withAllWords } from '#app/i18n/words.ts';
import type { NamedPerson } from '#app/shown/mentions.ts';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import { directPeer, isDirect } from '#protocol/ids.ts';
import { Composer } from './Composer.tsx';
import { useConversation } from './conversation-context.ts';
import type { ConversationRows } from './use-conversation-rows.ts';
import type { Names } from './use-names.ts';
import type { Reply } from './use-reply.ts';

const InsteadOfComposer = lazyExtra(withAllWords(() => import('./InsteadOfComposer.tsx')));

interface ConversationFootProps {
  rows: ConversationRows;
  names: Names;
  people: readonly NamedPerson[];
  hasFocus: boolean;
  /** The chat is a request. */
  isAsked: boolean;
  reply: Reply | undefined;
  onReplyEnd: () => void;
  onEditLast: () => void;
}

/** The part below the messages: the composer, or the reason why there is none. */
export function ConversationFoot(props: ConversationFootProps) {
  const { rows, names, people, hasFocus, isAsked, reply, onReplyEnd, onEditLast } = props;
  const { client, stream, self } = useConversation();
  const { row, draft, hasLeft, blocked } = rows;
  const isBlocked = isDirect(stream) && blocked.includes(directPeer(stream, self));
  if (hasLeft || isBlocked || isAsked)
    return <InsteadOfComposer client={client} stream={stream} rows={rows} names={names} isAsked={isAsked} />;
  return (
    <Composer
      client={client}
      stream={stream}
      name={names.name}
      draft={draft}
      people={people}
      hasFocus={hasFocus}
      maySchedule={row?.record !== undefined || row?.creation !== undefined}
      reply={reply}
      onReplyEnd={onReplyEnd}
      onEditLast={onEditLast}
    />
  );
}
