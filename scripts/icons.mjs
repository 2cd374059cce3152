// Draws the app's icons from its mark: `node scripts/icons.mjs`. They are committed; run it after the mark has changed.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { browserHere } from './find-browser.mjs';

const folder = fileURLToPath(new URL('../public/icons', import.meta.url));
const PETROL = '#00696b';
const PAPER = '#f9f6f1';
const EMBER = '#f28852';

/**
 * The mark stands in a square of 48; `share` says how much of the icon's width that square takes. A mask may cut all but the
 * middle circle of 80 % [M4].
 *
 * @typedef {{ name: string, size: number, share: number, radius: number, back: string, dot: string }} Icon
 * @type {Icon[]}
 */
const icons = [
  { name: 'icon-192', size: 192, share: 0.7, radius: 0.22, back: PETROL, dot: EMBER },
  { name: 'icon-512', size: 512, share: 0.7, radius: 0.22, back: PETROL, dot: EMBER },
  { name: 'maskable-512', size: 512, share: 0.64, radius: 0, back: PETROL, dot: EMBER },
  { name: 'monochrome-512', size: 512, share: 0.76, radius: 0, back: 'none', dot: PAPER },
  { name: 'apple-touch-icon', size: 180, share: 0.64, radius: 0, back: PETROL, dot: EMBER },
];

/** @param {Icon} icon */
function drawing({ size, share, radius, back, dot }) {
  const inset = ((1 - share) * 48) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 48 48" fill="none">
    <rect width="48" height="48" rx="${48 * radius}" fill="${back}"/>
    <g transform="translate(${inset} ${inset}) scale(${share})">
      <path d="M22 41.5c-4 0-7.6-1-10.2-2.8L6.5 41.5l1.6-6.8A17.5 17.5 0 0 1 33 10.5M41 21a17.5 17.5 0 0 1-11.5 19"
        stroke="${PAPER}" stroke-width="4.6" stroke-linecap="round" stroke-linejoin="round"/>
      <circle cx="38.5" cy="12" r="4.8" fill="${dot}"/>
    </g>
  </svg>`;
}

const executablePath = browserHere(process.env, chromium.executablePath());
if (executablePath === undefined) throw new Error('no Chromium here; CHROMIUM_PATH can name one');
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage();
for (const icon of icons) {
  await page.setViewportSize({ width: icon.size, height: icon.size });
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${drawing(icon)}`);
  await page.screenshot({ path: join(folder, `${icon.name}.png`), omitBackground: true });
}
await browser.close();
