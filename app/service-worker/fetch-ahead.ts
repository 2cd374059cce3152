/** Enough requests to fill a slow link, and few enough to leave room for messages. */
const AT_ONCE = 4;

/**
 * Fetches the app's files into the browser's cache, where Workbox then finds them. Workbox asks for one file after the other, and most
 * are so small that each costs little more than its round trip. Failures are ignored, because Workbox asks again.
 */
export async function fetchAhead(urls: readonly string[]): Promise<void> {
  const left = urls.values();
  async function fetchInTurn(): Promise<void> {
    for (const url of left)
      await fetch(url)
        .then((response) => response.arrayBuffer())
        .catch(() => undefined);
  }
  await Promise.all(Array.from({ length: AT_ONCE }, fetchInTurn));
}
