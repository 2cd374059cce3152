import { useContext } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { OpId } from '#protocol/ids.ts';
import { QuotesContext, useConversation } from './conversation-context.ts';
import type { Quoted } from './quoted.ts';
import styles from './Quote.module.css';

interface QuoteProps {
  id: OpId;
  isTabStop: boolean;
}

/** The message that this one replies to; pressing it jumps there. */
export function Quote({ id, isTabStop }: QuoteProps) {
  const words = useWords();
  const { jumpTo } = useConversation();
  const quoted = useContext(QuotesContext)[id];
  return (
    <button type="button" className={styles.quote} tabIndex={isTabStop ? 0 : -1} onClick={() => jumpTo(id)}>
      {quoted === undefined ? (
        <span className={styles.text}>{words('chat.replyMissing')}</span>
      ) : (
        <QuotedText quoted={quoted} />
      )}
    </button>
  );
}

export function QuotedText({ quoted }: { quoted: Quoted }) {
  return (
    <>
      <span className={styles.who} dir="auto" translate="no">
        {quoted.who}
      </span>
      <span className={styles.text} dir="auto">
        {quoted.text}
      </span>
    </>
  );
}
