// The names and search words of all emojis, in each language of the app: what the picker needs of emojibase's data, which is
// eight times as large. Each language is a chunk of its own, fetched when the picker is first opened.
import { createRequire } from 'node:module';

const PREFIX = 'virtual:emojis-';
/** Newer emojis are empty boxes on many devices. */
const NEWEST_VERSION = 15;
const TONES = ['light', 'medium-light', 'medium', 'medium-dark', 'dark'];

/** @returns {import('vite').Plugin} provides `virtual:emojis-<language>` */
export function emojiData() {
  return {
    name: 'emoji-data',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    load: (id) => {
      if (!id.startsWith(`\0${PREFIX}`)) return undefined;
      const data = emojisIn(id.slice(PREFIX.length + 1));
      // Parsing JSON is several times as fast as parsing the same as a program.
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(data))})`;
    },
  };
}

/** In the shape that frimousse takes. @param {string} language */
export function emojisIn(language) {
  const require = createRequire(import.meta.url);
  const all = /** @type {Emoji[]} */ (require(`emojibase-data/${language}/data.json`));
  const messages = /** @type {Messages} */ (require(`emojibase-data/${language}/messages.json`));
  const groups = messages.groups.filter(({ key }) => key !== 'component');
  const orders = new Set(groups.map(({ order }) => order));
  return {
    locale: language,
    categories: groups.map(({ order, message }) => ({ index: order, label: message })),
    skinTones: Object.fromEntries(messages.skinTones.map(({ key, message }) => [key, message])),
    emojis: all
      .filter(({ group, version }) => orders.has(group) && version <= NEWEST_VERSION)
      .toSorted((a, b) => a.order - b.order)
      .map(inShort),
  };
}

/**
 * @typedef {{ groups: { key: string, order: number, message: string }[], skinTones: { key: string, message: string }[] }} Messages
 * @typedef {{ emoji: string, label: string, group: number, order: number, version: number, tags?: string[],
 *   skins?: { emoji: string, tone: number | number[] }[] }} Emoji
 * @param {Emoji} emoji
 */
function inShort({ emoji, label, group, version, tags, skins }) {
  /** @type {Record<string, string>} */
  const toned = {};
  for (const skin of skins ?? []) {
    const tone = typeof skin.tone === 'number' ? TONES[skin.tone - 1] : undefined;
    if (tone !== undefined) toned[tone] = skin.emoji;
  }
  return {
    emoji,
    category: group,
    version,
    label,
    tags: tags ?? [],
    ...(Object.keys(toned).length === 0 ? {} : { skins: toned }),
  };
}
