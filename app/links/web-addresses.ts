import { hostShown } from './host-shown.ts';

export type Piece = { kind: 'text'; text: string } | { kind: 'link'; text: string; href: string };

const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?`;
const HOST = String.raw`${LABEL}(?:\.${LABEL})+`;
/** Where an address may start: one with a scheme, an email address, or a bare domain with what follows it. */
const candidates = new RegExp(
  [
    String.raw`(?<web>https?:\/\/)`,
    String.raw`(?<![\p{L}\p{N}._%+'/:@-])(?<mail>[\p{L}\p{N}_](?:[\p{L}\p{N}._%+'-]{0,62}[\p{L}\p{N}_+-])?@${HOST})(?![\p{L}\p{N}@])`,
    String.raw`(?<![\p{L}\p{N}\p{M}._%+'/:@=&?#-])(?<bare>${HOST})(?![\p{L}\p{N}@])`,
  ].join('|'),
  'giu',
);

/** Splits a text at its web and email addresses. No scheme other than http, https and mailto becomes a link. */
export function splitAtAddresses(text: string): Piece[] {
  // Most texts hold none, and the browser compiles the long expression only for one that may.
  if (!/\S[.@:]\S/.test(text)) return text === '' ? [] : [{ kind: 'text', text }];
  const pieces: Piece[] = [];
  let from = 0;
  candidates.lastIndex = 0;
  for (let match = candidates.exec(text); match !== null; match = candidates.exec(text)) {
    const { web, mail } = match.groups ?? {};
    const start = match.index;
    const end = mail === undefined ? endOfAddress(text, start + match[0].length, start) : start + match[0].length;
    const address = text.slice(start, end);
    const link = mail !== undefined ? mailLink(address) : web !== undefined ? webLink(address) : bareLink(address);
    // Something that only looks like an address is text as a whole, and no part of it becomes a link either.
    candidates.lastIndex = Math.max(end, start + 1);
    if (link === undefined) continue;
    if (start > from) pieces.push({ kind: 'text', text: text.slice(from, start) });
    pieces.push({ kind: 'link', ...link });
    from = end;
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) });
  return pieces;
}

const closings: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '）': '（', '］': '［', '｝': '｛' };
const openings = new Set(Object.values(closings));
/** Signs that no address contains: blanks, and the quotes, brackets and sentence signs of other scripts. */
const ends = /[\s<>"`\p{Cc}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Terminal_Punctuation}…—⸺―]/u;
const asciiSentenceSigns = /^[.,:;!?]$/;
const trailing = /[.,:;!?'–·*]/;

/** Without this limit, a text of nothing but addresses and opening brackets would be scanned to its end at each of them. */
const MAX_DEPTH = 5;

/** Where the address that extends to `at` at least ends. Brackets belong to it if they are closed in it. */
function endOfAddress(text: string, at: number, start: number): number {
  const open: { bracket: string; at: number }[] = [];
  let end = at;
  for (const sign of text.slice(at)) {
    if (open.length > MAX_DEPTH) break;
    if (openings.has(sign)) open.push({ bracket: sign, at: end });
    else if (sign in closings) {
      if (open.at(-1)?.bracket !== closings[sign]) break;
      open.pop();
    } else if (ends.test(sign) && !asciiSentenceSigns.test(sign)) break;
    end += sign.length;
  }
  // From an unclosed bracket on, the rest belongs to the sentence.
  end = Math.min(end, open[0]?.at ?? end);
  // A sign around the address, as in _https://a.example_, belongs to the sentence too.
  const around = text[start - 1];
  while (end > at && (trailing.test(text[end - 1] ?? '') || (around === '_' && text[end - 1] === '_'))) end -= 1;
  return end;
}

type Link = { text: string; href: string };

function webLink(address: string): Link | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  // Credentials in an address only serve to look like another site.
  if (url.hostname === '' || url.username !== '' || url.password !== '') return undefined;
  const [, scheme = '', host = '', rest = ''] = /^(https?:\/\/)([^/?#]*)(.*)$/isu.exec(address) ?? [];
  return { text: `${scheme}${shownAuthority(host, url)}${legible(rest)}`, href: url.href };
}

function bareLink(address: string): Link | undefined {
  const [, host = '', rest = ''] = /^([^/?#:]*)(.*)$/su.exec(address) ?? [];
  if (!isDomain(host, /^(?::\d+)?[/?#]/.test(rest)) || !/^(?::\d{1,5})?(?:[/?#]|$)/u.test(rest)) return undefined;
  const link = webLink(`https://${address}`);
  return link === undefined ? undefined : { ...link, text: link.text.slice('https://'.length) };
}

function mailLink(address: string): Link | undefined {
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (local.includes('..') || !URL.canParse(`https://${domain}`) || /^\d+$/.test(domain.split('.').at(-1) ?? ''))
    return undefined;
  const { hostname } = new URL(`https://${domain}`);
  return {
    text: `${local}@${hostShown(domain, hostname)}`,
    href: `mailto:${encodeURIComponent(local)}@${hostname}`,
  };
}

function shownAuthority(typed: string, url: URL): string {
  const port = /:\d*$/.exec(typed)?.[0] ?? '';
  return `${hostShown(typed.slice(0, typed.length - port.length), url.hostname)}${port}`;
}

/** Characters that change the direction of the text, or are invisible, are shown in their encoded form. */
function legible(rest: string): string {
  return rest.replace(/\p{Default_Ignorable_Code_Point}/gu, (sign) =>
    // Joiners and selectors have their place inside words and emojis.
    /\u200C|\u200D|\uFE0F/u.test(sign) ? sign : encodeURIComponent(sign),
  );
}

/** Endings of bare domains. Endings that are also words or file name extensions count only before a path. */
const common = new Set(
  (
    'com net org info biz edu gov mil int app dev shop blog cloud online site tech wiki news page link chat team store live ' +
    'design agency berlin hamburg wien koeln bayern swiss europa example eu de ch li lu nl fr uk ie dk se fi cz sk hu ro bg gr ' +
    'pt hr si ee lv lt ru ua kz cn jp kr tw hk sg th vn ph au nz ca mx br ar cl za ng ke eg il tr ae sa ir pk io ai tv fm gg ' +
    'рф укр бел 中国 中國 台湾 台灣 香港 한국 ไทย भारत ελ бг срб გე امارات السعودية مصر ایران'
  ).split(' '),
);
const alsoWords = new Set(
  'at am be by co es id in is it me ms my no pl so st to us ly do la al an as go he hi ma md or ps py rs sh tt pm'.split(
    ' ',
  ),
);

function isDomain(host: string, hasPath: boolean): boolean {
  const last = host.split('.').at(-1)?.toLowerCase() ?? '';
  return common.has(last) || (alsoWords.has(last) && (hasPath || host.toLowerCase().startsWith('www.')));
}
