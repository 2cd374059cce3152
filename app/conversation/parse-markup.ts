import type { Nodes, Parents } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';

/** A part of a message's text. */
export type Mark =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'bold' | 'italic' | 'strike' | 'spoiler' | 'quote'; children: Mark[] }
  | { kind: 'link'; href: string; children: Mark[] }
  | { kind: 'block'; text: string; language: string }
  /** `start` is the number of the first item; absent for a bulleted list. */
  | { kind: 'list'; start?: number; items: Mark[][] };

/** Parts that are nested deeper are shown as they were typed. */
const MOST_DEPTH = 8;

/**
 * Features that a chat doesn't need are off, so that as little of a text as possible counts as markup: headings, rules, HTML,
 * images, indented code, references, and escapes, which would swallow a backslash.
 */
const OFF = [
  'autolink',
  'characterEscape',
  'characterReference',
  'codeIndented',
  'definition',
  'hardBreakEscape',
  'headingAtx',
  'htmlFlow',
  'htmlText',
  'labelStartImage',
  'setextUnderline',
  'thematicBreak',
];

/** Parses the markup of a message. Anything that is not closed, or only looks like markup, stays text with every character. [SEC-47] */
export function parseMarkup(text: string): Mark[] {
  const root = fromMarkdown(text, {
    extensions: [gfmStrikethrough({ singleTilde: false }), { disable: { null: OFF } }],
    mdastExtensions: [gfmStrikethroughFromMarkdown()],
  });
  return joined(blocks(root, { source: text, depth: 0, isContained: false }));
}

interface Place {
  source: string;
  depth: number;
  /** Whether it is in a quote or a list, whose lines start with signs that are not part of the text. */
  isContained: boolean;
}

/** Children that are blocks, with the blank lines between them as they were typed. */
function blocks(parent: Parents, place: Place): Mark[] {
  const { source } = place;
  const marks: Mark[] = [];
  let end = place.isContained ? undefined : 0;
  let before: Mark | undefined;
  for (const child of parent.children) {
    const [from, to] = spanOf(child);
    const made = marksOf(child, place);
    const gap = end === undefined ? (before === undefined ? '' : '\n') : source.slice(end, from);
    marks.push({ kind: 'text', text: isBlock(before) || isBlock(made[0]) ? gap.replace('\n', '') : gap }, ...made);
    before = made.at(-1);
    if (end !== undefined) end = to;
  }
  if (end !== undefined) marks.push({ kind: 'text', text: source.slice(end) });
  return marks;
}

const isBlock = (mark: Mark | undefined) => mark !== undefined && ['quote', 'block', 'list'].includes(mark.kind);

function marksOf(node: Nodes, place: Place): Mark[] {
  const { source, depth } = place;
  const [from, to] = spanOf(node);
  const raw: Mark[] = [{ kind: 'text', text: source.slice(from, to) }];
  if (depth > MOST_DEPTH) return raw;
  const inner = { ...place, depth: depth + 1 };
  const inline = (parent: Parents) => joined(parent.children.flatMap((child) => marksOf(child, inner)));
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other kinds are off, and would be shown as typed
  switch (node.type) {
    case 'paragraph':
      // Blanks at its end belong to no child.
      return [...inline(node), { kind: 'text', text: place.isContained ? '' : blanksAtEnd(source.slice(from, to)) }];
    case 'text':
      return spoilers(place.isContained ? node.value : source.slice(from, to));
    case 'break':
      return [{ kind: 'text', text: '\n' }];
    case 'emphasis':
    case 'strong':
      if (isInsideWord(source, from, to) || source[from - 1] === '\\') return raw;
      return [{ kind: node.type === 'strong' ? 'bold' : 'italic', children: inline(node) }];
    case 'delete':
      return [{ kind: 'strike', children: inline(node) }];
    case 'inlineCode':
      return [{ kind: 'code', text: node.value }];
    case 'link':
      return isSafe(node.url) ? [{ kind: 'link', href: node.url, children: inline(node) }] : raw;
    case 'code':
      // One that is not closed is not a block yet.
      if (!/\n[ \t]*(?:```+|~~~+)[ \t]*$/.test(source.slice(from, to))) return raw;
      return [{ kind: 'block', text: node.value, language: node.lang ?? '' }];
    case 'blockquote':
      // As in >:(
      if (!/^>[ \n]/.test(source.slice(from, to))) return raw;
      return [{ kind: 'quote', children: joined(blocks(node, { ...inner, isContained: true })) }];
    case 'list': {
      const items = node.children.map((item) => joined(blocks(item, { ...inner, isContained: true })));
      if (items.some((item) => item.length === 0)) return raw;
      return [{ kind: 'list', items, ...(node.ordered === true ? { start: node.start ?? 1 } : {}) }];
    }
    default:
      return raw;
  }
}

const blanksAtEnd = (text: string) => /[ \t]*$/.exec(text)?.[0] ?? '';

/** As in 2*3*4. */
const isInsideWord = (source: string, from: number, to: number) =>
  /[\p{L}\p{N}]/u.test(source[from - 1] ?? '') && /[\p{L}\p{N}]/u.test(source[to] ?? '');

function spoilers(text: string): Mark[] {
  return text
    .split(/(\|\|[^|\s](?:[^\n]*?[^|\s])??\|\|)/)
    .map((piece, at) =>
      at % 2 === 1
        ? { kind: 'spoiler', children: [{ kind: 'text', text: piece.slice(2, -2) }] }
        : { kind: 'text', text: piece },
    );
}

/** Joins neighbouring texts, and drops empty ones. */
function joined(marks: readonly Mark[]): Mark[] {
  const all: Mark[] = [];
  for (const mark of marks) {
    const last = all.at(-1);
    if (mark.kind === 'text' && last?.kind === 'text')
      all[all.length - 1] = { kind: 'text', text: last.text + mark.text };
    else if (mark.kind !== 'text' || mark.text !== '') all.push(mark);
  }
  return all;
}

function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password } = new URL(address);
  return ['http:', 'https:', 'mailto:'].includes(protocol) && username === '' && password === '';
}

function spanOf({ position }: Nodes): [from: number, to: number] {
  return [position?.start.offset ?? 0, position?.end.offset ?? 0];
}
