import { messageTextWords } from '#app/i18n/message-text-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { shortTime } from '#app/i18n/instants.ts';
import { withoutMarkup } from '#protocol/markup.ts';
import { searchedText, type MessageRecord } from '#protocol/record.ts';
import { snippetOf } from './snippet.ts';
import styles from './FoundMessage.module.css';

interface FoundMessageProps {
  message: MessageRecord;
  /** The name of the chat, or of the sender if only one chat is searched. */
  title: string;
  words: readonly string[];
  /** The device does not hold it, so it opens only while the server can be reached. */
  isElsewhere: boolean;
  now: Date;
}

/** A found message in two lines, with the first searched word highlighted. */
export function FoundMessage({ message, title, words, isElsewhere, now }: FoundMessageProps) {
  const say = useWords();
  const text = searchedText(message);
  const { before, match, after } = snippetOf(text === '' ? messageTextWords(message, say) : withoutMarkup(text), words);
  const at = new Date(message.createdAt);
  return (
    <span className={styles.found}>
      <span className={styles.top}>
        <span className={styles.title} dir="auto" translate="no">
          {title}
        </span>
        {isElsewhere && <span className={styles.time}>{say('search.elsewhere')}</span>}
        <time dateTime={message.createdAt} className={styles.time}>
          {shortTime(at, now)}
        </time>
      </span>
      <span className={styles.text} dir="auto">
        {before}
        {match !== '' && <mark className={styles.match}>{match}</mark>}
        {after}
      </span>
    </span>
  );
}
