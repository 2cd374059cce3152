export type Piece = { kind: 'text'; text: string } | { kind: 'link'; text: string; href: string };

const ADDRESS = /https?:\/\/[^\s<>"“”]+/giu;

/** Splits a text at its web addresses. Only http and https become links, without the punctuation that follows an address. */
export function splitAtAddresses(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutPunctuation(match[0]);
    const href = hrefOf(address);
    if (href === undefined) continue;
    if (match.index > from) pieces.push({ kind: 'text', text: text.slice(from, match.index) });
    pieces.push({ kind: 'link', text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) });
  return pieces;
}

function withoutPunctuation(address: string): string {
  let end = address.length;
  while (end > 0 && /[.,;:!?'’…*_]/u.test(address[end - 1] ?? '')) end -= 1;
  // A bracket that was opened before the address belongs to the sentence.
  if (address[end - 1] === ')' && !address.slice(0, end).includes('(')) end -= 1;
  return address.slice(0, end);
}

function hrefOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  // Credentials in an address only serve to look like another site.
  return url.hostname === '' || url.username !== '' || url.password !== '' ? undefined : url.href;
}
