/** Scripts that are commonly mixed. A label with any other mixture may be meant to look like another one. */
const together = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];
const scripts = (
  'Latin Cyrillic Greek Han Hiragana Katakana Bopomofo Hangul Arabic Hebrew Armenian Georgian Devanagari Bengali Gurmukhi ' +
  'Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Thai Lao Khmer Myanmar Ethiopic Cherokee Tibetan Mongolian'
)
  .split(' ')
  .map((name) => [name, new RegExp(String.raw`\p{Script=${name}}`, 'u')] as const);
const ofNoScript = /[\p{Script=Common}\p{Script=Inherited}]/u;

/** A host as it was typed, or in its encoded form (`xn--…`) if a label mixes scripts or has invisible characters. */
export function hostShown(typed: string, hostname: string): string {
  const isPlain = !/\p{Default_Ignorable_Code_Point}/u.test(typed) && typed.split('.').every(isOfOneScript);
  return isPlain ? typed : hostname;
}

function isOfOneScript(label: string): boolean {
  const found = new Set<string>();
  for (const letter of label) {
    if (ofNoScript.test(letter)) continue;
    found.add(scripts.find(([, pattern]) => pattern.test(letter))?.[0] ?? `other ${letter}`);
  }
  return found.size <= 1 || together.some((set) => [...found].every((name) => set.includes(name)));
}
