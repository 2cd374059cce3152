/** A time within a recording: 0:07, 12:30, 1:02:03. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const two = (part: number) => String(part).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}
