/**
 * The text of a form's field. Forms with a password read their fields only when they are submitted: some password managers fill
 * fields without an event, and a field whose text React controls would be emptied by the next render.
 */
export function fieldText(form: HTMLFormElement | null, name: string): string {
  const field = form?.elements.namedItem(name);
  return field instanceof HTMLInputElement ? field.value : '';
}
