/** False if the file was changed, moved or deleted on the device since the browser got it, so that it can no longer be read. */
export async function isReadable(file: Blob): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
