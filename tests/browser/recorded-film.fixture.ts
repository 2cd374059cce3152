import type { Page } from 'playwright-core';

/** A short film of 320 × 180 pixels, which the browser records of a canvas. */
export async function recordedFilm(page: Page) {
  const film = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const context = canvas.getContext('2d');
    async function recorded(pauseMs: number): Promise<Blob> {
      const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/webm;codecs=vp8' });
      const made = new Promise<Blob>((resolve) => (recorder.ondataavailable = ({ data }) => resolve(data)));
      recorder.start();
      for (const colour of ['red', 'green', 'blue', 'red', 'green']) {
        if (context !== null) context.fillStyle = colour;
        context?.fillRect(0, 0, 320, 180);
        await new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve), pauseMs));
      }
      recorder.stop();
      return made;
    }
    const isPlayable = (content: Blob) =>
      new Promise<boolean>((resolve) => {
        const video = document.createElement('video');
        video.addEventListener('loadedmetadata', () => resolve(video.videoWidth > 0));
        video.addEventListener('error', () => resolve(false));
        video.src = URL.createObjectURL(content);
      });
    // A busy encoder may drop all pictures; the next try then gives it more time.
    let content = await recorded(60);
    for (let pauseMs = 120; pauseMs < 2_000 && !(await isPlayable(content)); pauseMs *= 2)
      content = await recorded(pauseMs);
    return [...new Uint8Array(await content.arrayBuffer())];
  });
  return { name: 'film.webm', mimeType: 'video/webm', buffer: Buffer.from(film) };
}
