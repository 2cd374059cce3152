import type { Attachment } from '#protocol/record.ts';
import { MEDIA_PATH } from '#protocol/version.ts';

/** Whether the system has a dialog that shares files with other apps. */
export function canShare(): boolean {
  return (
    (navigator as Partial<Navigator>).canShare?.({ files: [new File([], 'a.png', { type: 'image/png' })] }) === true
  );
}

/** Opens that dialog. False if the file cannot be fetched, or cannot be shared with other apps. */
export async function shareFile({ mediaId, name, mime }: Attachment): Promise<boolean> {
  try {
    const answer = await fetch(`${MEDIA_PATH}/${mediaId}`);
    if (!answer.ok) return false;
    await navigator.share({ files: [new File([await answer.blob()], name, { type: mime })] });
    return true;
  } catch (error) {
    // The person closed the dialog.
    return error instanceof DOMException && error.name === 'AbortError';
  }
}
