import { cutLinks } from './web-addresses.ts';

/** A message's text: React elements, never HTML. */
export function MessageText({ text }: { text: string }) {
  return cutLinks(text).map((piece, at) =>
    piece.kind === 'link' ? (
      <a key={at} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
        {piece.text}
      </a>
    ) : (
      piece.text
    ),
  );
}
