import { locale } from './words.ts';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** The size of a file: 812 bytes, 1.2 MB. */
export function sizeWords(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const unit = UNITS[power] ?? 'byte';
  // The short form of a byte has no plural.
  const unitDisplay = power === 0 ? 'long' : 'short';
  const format = { style: 'unit', unit, unitDisplay, maximumFractionDigits: power < 2 ? 0 : 1 } as const;
  return new Intl.NumberFormat(locale(), format).format(bytes / 1_000 ** power);
}
