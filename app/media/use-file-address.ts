import { useEffect, useState } from 'react';
import { filesOf } from '#app/local-store/files.ts';
import { isLocalFile } from '#app/ops/files.ts';
import type { MediaId, UserId } from '#protocol/ids.ts';
import { MEDIA_PATH } from '#protocol/version.ts';

/** The address of a whole file: the server's or, while it waits to be sent, one of this device. Undefined until there is one. */
export function useFileAddress(self: UserId, id: MediaId): string | undefined {
  const isLocal = isLocalFile(id);
  const [local, setLocal] = useState<string>();
  useEffect(() => {
    if (!isLocal) return undefined;
    let address: string | undefined;
    let isOver = false;
    filesOf(self)
      .waiting(id)
      .then((file) => {
        if (file === undefined || isOver) return;
        address = URL.createObjectURL(file.content);
        setLocal(address);
      })
      // If the device's storage cannot be read, the app says so elsewhere.
      .catch(() => undefined);
    return () => {
      isOver = true;
      if (address !== undefined) URL.revokeObjectURL(address);
    };
  }, [self, id, isLocal]);
  return isLocal ? local : `${MEDIA_PATH}/${id}`;
}
