import { Suspense, useContext, useMemo } from 'react';
import { HeldBack } from '#app/media/held-back.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import type { UserId } from '#protocol/ids.ts';
import { mayHaveMarkup } from '#protocol/markup.ts';
import { AddressedText } from './AddressedText.tsx';
import { useConversation } from './conversation-context.ts';
import { Mentioned } from './mentioned.ts';

const MarkedText = lazyComponent(() => import('./MarkedText.tsx'));

interface MessageTextProps {
  text: string;
  /** Whom the text mentions. */
  mentions?: readonly UserId[] | undefined;
  isTabStop: boolean;
}

/**
 * A message's text with its links, its markup and the people whom it mentions. It is readable, as it was typed, before the code for
 * markup is there.
 */
export function MessageText({ text, mentions, isTabStop }: MessageTextProps) {
  // As it was typed, so that an address shows where it leads.
  if (useContext(HeldBack)) return <span>{text}</span>;
  if (mentions === undefined) return <Formatted text={text} />;
  return <WithMentions text={text} mentions={mentions} isTabStop={isTabStop} />;
}

function Formatted({ text }: { text: string }) {
  const plain = <AddressedText text={text} />;
  if (!mayHaveMarkup(text)) return plain;
  return (
    <Suspense fallback={plain}>
      <MarkedText text={text} />
    </Suspense>
  );
}

/** A separate component, so that messages without mentions do none of this work. */
function WithMentions({ text, mentions, isTabStop }: MessageTextProps & { mentions: readonly UserId[] }) {
  const { mentionable } = useConversation();
  const mentioned = useMemo(() => ({ people: mentionable(mentions), isTabStop }), [mentionable, mentions, isTabStop]);
  return (
    <Mentioned value={mentioned}>
      <Formatted text={text} />
    </Mentioned>
  );
}
