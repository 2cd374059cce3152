import { Info, PanelRight, Search } from 'lucide-react';
import { memo, type Ref } from 'react';
import { presenceWords, typingWords } from '#app/i18n/presence-words.ts';
import { peopleWords } from '#app/i18n/people-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { ShownMember } from '#app/ops/rules.ts';
import { WATCHED_MEMBERS } from '#app/shown/watched-members.ts';
import { colourId } from '#app/shown/name.ts';
import { shownConnection } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { IconButton } from '#app/ui/Button.tsx';
import { useNow } from '#app/ui/use-now.ts';
import { classNames } from '#app/ui/class-names.ts';
import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import styles from './Conversation.module.css';

/** The button for the details, which are shown beside the conversation or on a page of their own. */
export interface DetailsToggle {
  /** Absent if they have a page of their own. */
  isShown?: boolean;
  onPress: () => void;
}

interface ConversationBarProps {
  stream: ConversationId;
  self: UserId;
  name: string;
  /** Undefined, like the names and the heading, while the chat is being read. */
  members?: readonly ShownMember[];
  nameOf?: (userId: string) => string;
  heading?: Ref<HTMLHeadingElement>;
  hasLeft?: boolean;
  onSearch: (stream: ConversationId) => void;
  details: DetailsToggle;
}

/**
 * Picture, name, and the line below it: who is typing, otherwise presence, or the number of members and how many of them are
 * online. Messages do not change it.
 */
export const ConversationBar = memo(function ConversationBar(props: ConversationBarProps) {
  const { stream, self, name, members, nameOf, heading, hasLeft = false, onSearch, details } = props;
  const words = useWords();
  const now = useNow();
  const { phase } = useAppSelector(shownConnection);
  const typing = useAppSelector((state) => state.presence.typing[stream]);
  const peer = isDirect(stream) ? directPeer(stream, self) : undefined;
  const presence = useAppSelector((state) => (peer === undefined ? undefined : state.presence.people[peer]));
  const online = useAppSelector(({ presence: { people } }) =>
    peer !== undefined || members === undefined || members.length > WATCHED_MEMBERS
      ? 0
      : members.filter(({ userId }) => userId !== self && people[userId]?.online === true).length,
  );
  const others = (typing ?? []).filter((id) => id !== self);
  const typists = typingWords(nameOf === undefined ? [] : others.map(nameOf), words);
  const about =
    peer === undefined
      ? members === undefined
        ? // The line keeps its place until it is known.
          '\u00A0'
        : peopleWords({ count: members.length, hasLeft, online }, words)
      : peer === self
        ? ''
        : presenceWords(presence, now, words);
  let line = typists === '' ? about : typists;
  if (phase === 'offline') line = words('chat.offline');
  if (phase === 'connecting') line = words('line.connecting');
  if (hasLeft) line = about;
  return (
    <>
      <div className={styles.toDetailsArea}>
        <Avatar id={colourId(stream, self)} name={name} shape={peer === undefined ? 'square' : 'round'} size={36} />
        <div className={styles.barWords}>
          <h2 ref={heading} tabIndex={-1} className={styles.name}>
            <button type="button" title={words('details.show')} dir="auto" translate="no" onClick={details.onPress}>
              {name}
            </button>
          </h2>
          {line !== '' && <p className={classNames(styles.line, line === typists && styles.typing)}>{line}</p>}
        </div>
      </div>
      <div className={styles.tools}>
        <IconButton label={words('search.here')} onClick={() => onSearch(stream)}>
          <Search size={19} aria-hidden />
        </IconButton>
        <IconButton
          label={words('details.show')}
          aria-pressed={details.isShown}
          className={classNames(details.isShown === true && styles.toDetailsShown)}
          onClick={details.onPress}
        >
          {details.isShown === undefined ? <Info size={19} aria-hidden /> : <PanelRight size={19} aria-hidden />}
        </IconButton>
      </div>
    </>
  );
});
