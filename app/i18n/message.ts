/**
 * Messages in the compiled form of @lingui/core: a text, or tokens of text, `[argument]` and `[argument, 'plural', forms]`.
 * Written so in the catalogues, no message parser needs to travel to the browser.
 */
export type Token = string | [name: string] | [name: string, type: 'plural', forms: Record<string, string[]>];
export type Message = string | Token[];

type Part = Exclude<Token, string>;

/** Tagged text: say`Hello ${arg('name')}`. */
export function say(texts: TemplateStringsArray, ...parts: Part[]): Token[] {
  return texts.flatMap((text, at): Token[] => {
    const part = parts[at];
    return [...(text === '' ? [] : [text]), ...(part === undefined ? [] : [part])];
  });
}

export function arg(name: string): [string] {
  return [name];
}

/** `#` in a form stands for the number as the language writes it. */
export function plural(
  name: string,
  forms: { 0?: string; one?: string; few?: string; many?: string; other: string },
): Part {
  const split = Object.entries(forms).map(([key, form]) => [key, form.split(/(#)/).filter((piece) => piece !== '')]);
  return [name, 'plural', Object.fromEntries(split) as Record<string, string[]>];
}
