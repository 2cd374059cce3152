import { useState } from 'react';
import { filesOf, type Files } from '#app/local-store/files.ts';
import type { UserId } from '#protocol/ids.ts';

/** The person's files, opened once for this visit: if they were opened after a sign-out, they would create the database again. [SEC-49] */
export function useFiles(userId: UserId): Files {
  const [files] = useState(() => filesOf(userId));
  return files;
}
