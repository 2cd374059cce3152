import { ArrowLeft } from 'lucide-react';
import type { Ref } from 'react';
import { Link } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { useShownConnection } from '#app/state/shown-connection.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import styles from './Conversation.module.css';

interface ConversationBarProps {
  name: string;
  colourId: string;
  isGroup: boolean;
  people: number;
  heading: Ref<HTMLHeadingElement>;
}

export function ConversationBar({ name, colourId, isGroup, people, heading }: ConversationBarProps) {
  const words = useWords();
  const { phase } = useShownConnection();
  const line =
    phase === 'offline'
      ? words('chat.offline')
      : phase === 'connecting'
        ? words('chat.connecting')
        : isGroup && people > 0
          ? words('chat.people', { count: people })
          : '';
  return (
    <header className={styles.bar}>
      <Link href="/" replace className={styles.back} aria-label={words('app.back')} title={words('app.back')}>
        <ArrowLeft size={20} aria-hidden />
      </Link>
      <Avatar id={colourId} name={name} shape={isGroup ? 'square' : 'round'} size={36} />
      <div className={styles.barWords}>
        <h2 ref={heading} tabIndex={-1} className={styles.name} dir="auto">
          {name}
        </h2>
        {line !== '' && <p className={styles.line}>{line}</p>}
      </div>
    </header>
  );
}
