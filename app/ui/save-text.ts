/** Makes the browser save a text as a file on this device. */
export function saveText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Not at once, because the browser reads the text after the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
