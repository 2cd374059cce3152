import type { Page } from 'playwright-core';

/** A short film of 320 × 180 pixels, which the browser records of a canvas. */
export async function recordedFilm(page: Page) {
  const film = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const context = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/webm;codecs=vp8' });
    const made = new Promise<Blob>((resolve) => (recorder.ondataavailable = ({ data }) => resolve(data)));
    recorder.start();
    for (const colour of ['red', 'green', 'blue', 'red', 'green']) {
      if (context !== null) context.fillStyle = colour;
      context?.fillRect(0, 0, 320, 180);
      // Slowly enough for a busy encoder to keep each of them.
      await new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve), 60));
    }
    recorder.stop();
    return [...new Uint8Array(await (await made).arrayBuffer())];
  });
  return { name: 'film.webm', mimeType: 'video/webm', buffer: Buffer.from(film) };
}
