import { ArrowLeft, PanelRight } from 'lucide-react';
import type { Ref } from 'react';
import { Link } from 'wouter';
import { presenceWords, typingWords } from '#app/i18n/presence-words.ts';
import { peopleWords } from '#app/i18n/people-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { backToList } from '#app/state/back-to-list.ts';
import { useShownConnection } from '#app/state/shown-connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { IconButton } from '#app/ui/Button.tsx';
import { useNow } from '#app/ui/use-now.ts';
import { classNames } from '#app/ui/class-names.ts';
import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import styles from './Conversation.module.css';

/** The way to the chat's details: beside it, or a place of their own. */
export interface DetailsToggle {
  /** Absent where they are a place of their own. */
  isShown?: boolean;
  onPress: () => void;
}

interface ConversationBarProps {
  name: string;
  stream: ConversationId;
  self: UserId;
  colourId: string;
  people: number;
  hasLeft: boolean;
  nameOf: (userId: string) => string;
  heading: Ref<HTMLHeadingElement>;
  details: DetailsToggle;
}

export function ConversationBar(props: ConversationBarProps) {
  const { name, stream, self, colourId, people, hasLeft, nameOf, heading, details } = props;
  const words = useWords();
  const now = useNow();
  const { phase } = useShownConnection();
  const typing = useAppSelector((state) => state.moment.typing[stream]);
  const peer = isDirect(stream) ? directPeer(stream, self) : undefined;
  const presence = useAppSelector((state) => (peer === undefined ? undefined : state.moment.presence[peer]));
  const writes = typingWords((typing ?? []).filter((id) => id !== self).map(nameOf), words);
  const about =
    peer === undefined
      ? peopleWords({ count: people, hasLeft }, words)
      : peer === self
        ? ''
        : presenceWords(presence, now, words);
  let line = writes === '' ? about : writes;
  if (phase === 'offline') line = words('chat.offline');
  if (phase === 'connecting') line = words('chat.connecting');
  if (hasLeft) line = about;
  return (
    <header className={styles.bar}>
      <Link
        href="/"
        replace
        onClick={backToList}
        className={styles.back}
        aria-label={words('app.back')}
        title={words('app.back')}
      >
        <ArrowLeft size={20} aria-hidden />
      </Link>
      <Avatar id={colourId} name={name} shape={peer === undefined ? 'square' : 'round'} size={36} />
      <div className={styles.barWords}>
        <h2 ref={heading} tabIndex={-1} className={styles.name} dir="auto">
          {name}
        </h2>
        {line !== '' && <p className={classNames(styles.line, line === writes && styles.writes)}>{line}</p>}
      </div>
      <IconButton
        label={words('details.show')}
        aria-pressed={details.isShown}
        className={classNames(styles.toDetails, details.isShown === true && styles.toDetailsShown)}
        onClick={details.onPress}
      >
        <PanelRight size={19} aria-hidden />
      </IconButton>
    </header>
  );
}
