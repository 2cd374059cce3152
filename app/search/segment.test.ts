import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { newGroup } from '#app/local-store/testing/records.fixture.ts';
import { keyPrefixes, searchedWords, searchKeys } from '#protocol/search-words.ts';
import { decodeSegment, encodeSegment, type IndexedMessage } from './segment.ts';

const streams = [newGroup(), newGroup()];
const words = ['light', 'lighthouse', 'Straße', 'ECLIPSE', 'éclair', '東京駅', '東京', 'ไทย', '🦀', '🦁', 'x', 'naïve'];

test('[ask 29] a segment finds exactly the messages that have a key for every prefix', () => {
  const texts = fc.array(fc.array(fc.constantFrom(...words), { maxLength: 5 }), { maxLength: 30 });
  fc.assert(
    fc.property(texts, fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }), (written, query) => {
      const messages = written.map((text, index): IndexedMessage => ({
        stream: streams[index % 2] as IndexedMessage['stream'],
        seq: 1 + index * 3,
        createdAt: new Date(1_760_000_000_000 - index * 977_000).toISOString(),
        keys: searchKeys(text.join(' ')),
      }));
      const prefixes = keyPrefixes(searchedWords(query.join(' ')));
      const wanted = messages.filter(({ keys }) =>
        prefixes.every((prefix) => keys.some((key) => key.startsWith(prefix))),
      );
      const found = decodeSegment(encodeSegment(messages)).find(prefixes);
      const bySeq = <T extends { seq: number }>(all: readonly T[]) => all.toSorted((a, b) => a.seq - b.seq);
      expect(bySeq(found)).toEqual(
        bySeq(wanted).map(({ stream, seq, createdAt }) => ({ stream, seq, at: Date.parse(createdAt) / 1_000 })),
      );
    }),
  );
});
