import { expect, test } from 'vitest';
import { keepsDetails } from './prepare-file.ts';

test('[MD8] films, and pictures of types that are not cleaned, are known to keep their metadata, even if only the name tells the type', () => {
  const named = (name: string, type: string) => keepsDetails({ name, type });
  expect([named('a.heic', 'image/heic'), named('a.HEIC', ''), named('a.tiff', 'image/tiff')]).toEqual([
    true,
    true,
    true,
  ]);
  expect([named('a.mov', 'video/quicktime'), named('a.mov', '')]).toEqual([true, true]);
  expect([named('a.jpg', 'image/jpeg'), named('a.pdf', 'application/pdf'), named('a.txt', '')]).toEqual([
    false,
    false,
    false,
  ]);
});
