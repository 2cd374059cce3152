import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const styles = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');
const page = readFileSync(new URL('../../docs/design.md', import.meta.url), 'utf8');

/** Each pair of colours that the app draws: foreground and background. */
const TEXT = {
  ink: ['paper', 'surface', 'sunk', 'bubble', 'accent-soft', 'danger-soft'],
  'ink-2': ['paper', 'surface', 'sunk', 'bubble', 'accent-soft'],
  'ink-3': ['paper', 'surface'],
  'own-ink': ['own'],
  'own-2': ['own'],
  accent: ['paper', 'surface', 'sunk', 'bubble', 'accent-soft', 'own'],
  'accent-ink': ['accent'],
  ember: ['paper', 'surface'],
  'ember-ink': ['ember'],
  danger: ['paper', 'surface', 'sunk', 'danger-soft'],
};
const SHAPES = {
  'line-strong': ['surface', 'paper'],
  focus: ['paper', 'surface', 'sunk', 'bubble', 'own', 'accent-soft'],
  ok: ['paper'],
};

test.each(['light', 'dark'] as const)(
  '[A12] in the %s theme, texts have a contrast of 4.5:1 and shapes of 3:1',
  (theme) => {
    const colours = coloursOf(theme);
    const failing = (pairs: Record<string, string[]>, least: number) =>
      Object.entries(pairs).flatMap(([front, backs]) =>
        backs
          .map((back) => ({ front, back, ratio: contrast(colours, front, back) }))
          .filter(({ ratio }) => !(ratio >= least)),
      );
    expect(failing(TEXT, 4.5)).toEqual([]);
    expect(failing(SHAPES, 3)).toEqual([]);
    // White initials on the picture, and the sender's name on the message, for every hue.
    const picture = theme === 'light' ? { lightness: 0.52, chroma: 0.09 } : { lightness: 0.46, chroma: 0.075 };
    const name = { lightness: theme === 'light' ? 0.46 : 0.78, chroma: 0.11 };
    const ofHue = ({ lightness, chroma }: typeof name, hue: number) => luminance([lightness, chroma, hue]);
    const bubble = luminance(colours.get('bubble') ?? [Number.NaN, 0, 0]);
    for (let hue = 0; hue < 360; hue += 5) {
      expect(ratioOf(1, ofHue(picture, hue))).toBeGreaterThanOrEqual(4.5);
      expect(ratioOf(bubble, ofHue(name, hue))).toBeGreaterThanOrEqual(4.5);
    }
  },
);

test('the page about the design names every token', () => {
  const tokens = [...styles.matchAll(/^\s+--([a-z0-9-]+):/gm)].map(([, name = '']) => name);
  expect(tokens.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

type Oklch = readonly [number, number, number];

function coloursOf(theme: 'light' | 'dark'): Map<string, Oklch> {
  const number = String.raw`([\d.]+)`;
  const colour = String.raw`oklch\(${number} ${number} ${number}\)`;
  const pattern = new RegExp(String.raw`--([a-z0-9-]+): light-dark\(${colour}, ${colour}\)`, 'g');
  return new Map(
    [...styles.matchAll(pattern)].map(([, name = '', ...values]) => {
      const [lightness = 0, chroma = 0, hue = 0] = values.map(Number).slice(theme === 'light' ? 0 : 3);
      return [name, [lightness, chroma, hue]];
    }),
  );
}

function contrast(colours: ReadonlyMap<string, Oklch>, one: string, other: string): number {
  const [front = 0, back = 0] = [one, other].map((name) => luminance(colours.get(name) ?? [Number.NaN, 0, 0]));
  return ratioOf(front, back);
}

function ratioOf(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** The relative luminance of WCAG, by way of linear sRGB. */
function luminance([lightness, chroma, hue]: Oklch): number {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s;
  const [r = 0, g = 0, blueIn = 0] = [red, green, blue].map((part) => Math.min(1, Math.max(0, part)));
  return 0.2126 * r + 0.7152 * g + 0.0722 * blueIn;
}
