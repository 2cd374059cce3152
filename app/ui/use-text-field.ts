import { useState, type ChangeEvent } from 'react';

/** The text of a `TextField` and its error, which disappears as soon as the text is changed. */
export function useTextField(initial = '') {
  const [text, setText] = useState(initial);
  const [error, setError] = useState<string>();
  function onChange(event: ChangeEvent<HTMLInputElement>) {
    setText(event.target.value);
    setError(undefined);
  }
  return { text, setError, props: { value: text, error, onChange } };
}
