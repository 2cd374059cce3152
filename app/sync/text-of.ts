/** The body of a response. `heard` is called whenever characters arrive, with their number. */
export async function textOf({ body }: Response, heard?: (characters: number) => void): Promise<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const part = await reader?.read();
    if (part?.value === undefined) return text + decoder.decode();
    const decoded = decoder.decode(part.value, { stream: true });
    text += decoded;
    heard?.(decoded.length);
  }
}
