import { useEffect, useState, type RefObject } from 'react';

/**
 * Laying out a long text without line breaks takes time that grows with the square of its length: a few million characters freeze
 * the page for minutes. With this many it takes milliseconds, on slow devices too, and no field of the app accepts as much.
 */
export const FIELD_MAX = 40_000;

/**
 * Refuses a paste, a drop or any other insertion that would make a field's text too long for the page, before it is inserted.
 * Returns the length that was refused, until the text changes again.
 */
export function useBoundedText(field: RefObject<HTMLTextAreaElement | HTMLInputElement | null>) {
  const [refused, setRefused] = useState<number>();
  useEffect(() => {
    const element = field.current;
    if (element === null) return undefined;
    const before = (event: Event) => {
      const inserted = event instanceof InputEvent ? (event.data ?? '').length : 0;
      const replaced = (element.selectionEnd ?? 0) - (element.selectionStart ?? 0);
      const length = element.value.length - replaced + inserted;
      if (inserted === 0 || length <= FIELD_MAX) return setRefused(undefined);
      event.preventDefault();
      setRefused(length);
    };
    element.addEventListener('beforeinput', before);
    return () => element.removeEventListener('beforeinput', before);
  }, [field]);
  /** For changes that the browser does not announce: true if the text is accepted. React restores the field's text otherwise. */
  const accepts = (text: string) => {
    setRefused(text.length > FIELD_MAX ? text.length : undefined);
    return text.length <= FIELD_MAX;
  };
  // An insertion that the browser does not announce, such as one by an extension, is cut where it is certain to be refused.
  return { refused, accepts, maxLength: FIELD_MAX + 1 };
}
