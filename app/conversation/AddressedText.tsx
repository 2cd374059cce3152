import { useContext } from 'react';
import { Mentioned } from './mentioned.ts';
import { MentionsIn } from './MentionsIn.tsx';
import { splitAtAddresses } from '#app/links/web-addresses.ts';

/** A text with its links and mentions, made of React elements and never of HTML. */
export function AddressedText({ text }: { text: string }) {
  const mentioned = useContext(Mentioned);
  return splitAtAddresses(text).map((piece, at) =>
    piece.kind === 'link' ? (
      // Its own direction, so that letters of another script in it do not turn the address around.
      <a key={at} dir="ltr" href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
        {piece.text}
      </a>
    ) : (
      // An element and not a bare text: a browser that translates the page replaces bare texts, and React then loses them.
      <span key={at}>
        {mentioned === undefined ? piece.text : <MentionsIn text={piece.text} mentioned={mentioned} />}
      </span>
    ),
  );
}
