/**
 * Messages in the compiled form of @lingui/core: a text, or a list of texts, `[argument]` and `[argument, 'plural', forms]`.
 * The catalogues are written in this form so that the browser need not load a message parser.
 */
export type Token = string | [name: string] | [name: string, type: 'plural', forms: Record<string, string[]>];
export type Message = string | Token[];

type Part = Exclude<Token, string>;

/** A message with arguments: say`Hello ${arg('name')}`. */
export function say(texts: TemplateStringsArray, ...parts: Part[]): Token[] {
  return texts.flatMap((text, at): Token[] => {
    const part = parts[at];
    return [...(text === '' ? [] : [text]), ...(part === undefined ? [] : [part])];
  });
}

export function arg(name: string): [string] {
  return [name];
}

/** A plural. `#` in a form is replaced by the number, formatted in the language. */
export function plural(
  name: string,
  forms: { 0?: string; one?: string; few?: string; many?: string; other: string },
): Part {
  const split = Object.entries(forms).map(([key, form]) => [key, form.split(/(#)/).filter((piece) => piece !== '')]);
  return [name, 'plural', Object.fromEntries(split) as Record<string, string[]>];
}
