/**
 * Some password managers and extensions fill fields without an event. React then knows nothing of the text, and would empty the
 * fields with the next render. Before any form is submitted, each of its fields reports what it holds; React ignores the report of
 * a field whose text it knows.
 */
export function readFilledFields(): void {
  addEventListener(
    'submit',
    ({ target }) => {
      if (!(target instanceof HTMLFormElement)) return;
      for (const field of target.elements)
        if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)
          field.dispatchEvent(new Event('input', { bubbles: true }));
    },
    { capture: true },
  );
}
