import { useEffect } from 'react';
import { useLocation } from 'wouter';
import type { ForwardedMessages } from '#app/conversation/forwarded-messages.ts';
import { messagePath } from '#app/links/paths.ts';
import { openFile, type OpenedFile as Opened } from '#app/media/opened-file.ts';
import Viewer from '#app/media/Viewer.tsx';
import type { Client } from '#app/sync/client.ts';

interface OpenedFileProps {
  client: Client;
  opened: Opened;
  onForward: (messages: ForwardedMessages) => void;
}

/** The viewer, with its links to other parts of the app. */
export default function OpenedFile({ client, opened, onForward }: OpenedFileProps) {
  const [, navigate] = useLocation();
  const close = () => openFile(undefined);
  // After a sign-out, nothing of this person is shown.
  useEffect(() => () => openFile(undefined), []);
  return (
    <Viewer
      store={client.store}
      opened={opened}
      onMove={openFile}
      onForward={({ stream, messageId }) => {
        close();
        onForward({ stream, messageIds: [messageId] });
      }}
      onShow={({ stream, messageId }) => {
        // Replaces the viewer's own entry of the history.
        navigate(messagePath(stream, messageId), { replace: true });
        close();
      }}
      onClose={close}
    />
  );
}
