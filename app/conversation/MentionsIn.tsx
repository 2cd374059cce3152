import type { ContextType } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { splitAtMentions } from '#app/shown/mentions.ts';
import { classNames } from '#app/ui/class-names.ts';
import { useConversation } from './conversation-context.ts';
import type { Mentioned } from './mentioned.ts';
import styles from './Mentions.module.css';

interface MentionsInProps {
  text: string;
  mentioned: NonNullable<ContextType<typeof Mentioned>>;
}

/** A text in which the names of mentioned people lead to their profiles. */
export function MentionsIn({ text, mentioned: { people, isTabStop } }: MentionsInProps) {
  const words = useWords();
  const { self, nameOf, onPerson } = useConversation();
  return splitAtMentions(text, people).map((piece, at) => {
    if (piece.kind === 'text') return <span key={at}>{piece.text}</span>;
    const { id } = piece;
    if (id === self)
      return (
        <strong key={at} className={classNames(styles.mention, styles.me)} translate="no">
          {piece.text}
        </strong>
      );
    return (
      <button
        key={at}
        type="button"
        className={styles.mention}
        translate="no"
        title={words('details.profile')}
        tabIndex={isTabStop ? 0 : -1}
        onClick={() => onPerson({ id, name: nameOf(id) })}
      >
        {piece.text}
      </button>
    );
  });
}
