import { describe, expect, it } from 'vitest';
import { cleanName, isVisible } from './names.ts';
import { nameText, parse } from './shape.ts';

describe('names', () => {
  it('[SH8] a text of nothing but blanks and invisible characters is not visible', () => {
    for (const unseen of [
      '',
      ' \n\t',
      '\u2063',
      '\u2800',
      '\u3164',
      '\u00ad',
      '\u200b',
      '\u202e',
      '\u3000\u200d',
      '\ufe0f',
      '\0',
    ])
      expect([unseen, isVisible(unseen)]).toEqual([unseen, false]);
    for (const seen of ['.', '\u200b.', '🙂', '\u0301', '王', '⠁'])
      expect([seen, isVisible(seen)]).toEqual([seen, true]);
  });

  it('[SH9] blanks at the ends or in a row, zero-width characters and decomposed letters do not make a different name', () => {
    for (const typed of [
      ' Ida Brandt ',
      'Ida\u200b Brandt',
      'I\u00adda Brandt\u2063',
      'Ida \u00a0 Brandt',
      'Ida\u3164Brandt',
      'Ida\nBrandt\0',
      'Ida Brandt\u202e',
      '\ufeffIda Br\u200dandt',
      'Ida\ufe0f Brandt',
    ])
      expect([typed, cleanName(typed)]).toEqual([typed, 'Ida Brandt']);
    expect(cleanName('Zoe\u0308')).toBe('Zoë');
  });

  it('[SH9] a zero-width character stays if it changes how a name is drawn', () => {
    for (const name of ['👩‍👩‍👧', '❤️ Ana', '👁️‍🗨️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '葛\u{e0100}城', 'می‌خواهم', 'ක්‍ෂ', '🕵🏽‍♂️'])
      expect([name, cleanName(name)]).toEqual([name, name.normalize('NFC')]);
  });

  it('[SH2] [SH8] the code units of a name are limited, and a name that can’t be seen is invalid', () => {
    const result = (name: unknown) => parse(nameText(5), name);
    expect(result(' ab\u200b ')).toEqual({ ok: true, value: 'ab' });
    expect(result('abcdef')).toMatchObject({ error: { code: 'too_large' } });
    // Some letters become longer when they are composed.
    expect(result('\u0958\u0958\u0958')).toMatchObject({ error: { code: 'too_large' } });
    for (const wrong of ['', ' ', '\u2063', '\u2800', '\u3164', '\u00ad', '\u200b', '\ud83d', 7, null])
      expect(result(wrong)).toMatchObject({ error: { code: 'invalid' } });
  });
});
