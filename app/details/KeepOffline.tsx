import { useEffect, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { keptFilesOf } from '#app/local-store/kept-files.ts';
import { keepUnasked } from '#app/media/keep-unasked.ts';
import type { Client } from '#app/sync/client.ts';
import { Checkbox } from '#app/ui/Checkbox.tsx';
import type { ConversationId } from '#protocol/ids.ts';

/** Whether all messages and files of this chat are kept on this device, including later ones. */
export function KeepOffline({ client, stream }: { client: Client; stream: ConversationId }) {
  const words = useWords();
  const [isKept, setKept] = useState<boolean>();
  const files = keptFilesOf(client.userId);
  useEffect(() => {
    files.choices().then(
      ({ offline }) => setKept(offline.includes(stream)),
      // If the device stores no files, this is not offered.
      () => undefined,
    );
  }, [files, stream]);
  async function choose(on: boolean): Promise<void> {
    setKept(on);
    await files.choose(({ offline }) => {
      const others = offline.filter((each) => each !== stream);
      return { offline: on ? [...others, stream] : others };
    });
    if (on) await keepUnasked(client);
  }
  if (isKept === undefined) return null;
  return (
    <Checkbox
      label={words('shared.keep')}
      note={words('shared.keepNote')}
      checked={isKept}
      onChange={(on) => void choose(on).catch(() => setKept(!on))}
    />
  );
}
