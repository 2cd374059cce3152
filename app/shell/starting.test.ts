import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { FirstCatalogue } from '#app/i18n/english.ts';
import { firstEnglish } from '#app/i18n/first-english.ts';
import { firstGerman } from '#app/i18n/first-german.ts';
import { languages, type Language } from '#app/i18n/words.ts';

const catalogues: Record<Language, FirstCatalogue> = { en: firstEnglish, de: firstGerman };

it('[A18] the page’s HTML has, in every language, the same words as the first screen', () => {
  const page = readFileSync(new URL('../index.html', import.meta.url), 'utf8');
  for (const language of Object.keys(languages) as Language[]) {
    const { 'app.loading': loading, 'app.loadingSlowly': slow } = catalogues[language];
    if (typeof loading !== 'string' || typeof slow !== 'string') throw new Error('these texts have no values in them');
    expect(page).toContain(`<p class="loading" lang="${language}">${loading}</p>`);
    expect(page).toContain(`<p class="slow" lang="${language}">${slow}</p>`);
    expect(page).toContain(`<p class="lost" lang="${language}">`);
    expect(page).toContain(`tag === '${language}'`);
  }
});
