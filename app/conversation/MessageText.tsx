import { splitAtAddresses } from './web-addresses.ts';

/** A message's text with its links. Made of React elements, never of HTML. */
export function MessageText({ text }: { text: string }) {
  return splitAtAddresses(text).map((piece, at) =>
    piece.kind === 'link' ? (
      <a key={at} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
        {piece.text}
      </a>
    ) : (
      piece.text
    ),
  );
}
