import { useLiveQuery } from 'dexie-react-hooks';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import type { ForwardedMessages } from '#app/conversation/forwarded-messages.ts';
import { MessageGone } from '#app/conversation/MessageGone.tsx';
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
  const { stream, messageId } = opened;
  const message = useLiveQuery(() => client.store.message(stream, messageId), [client.store, stream, messageId]);
  // After a sign-out, nothing of this person is shown.
  useEffect(() => () => openFile(undefined), []);
  if (message?.id === messageId && message.deletedAt !== undefined) return <MessageGone onClose={close} />;
  return (
    <Viewer
      store={client.store}
      opened={opened}
      onMove={openFile}
      onForward={(place) => {
        close();
        onForward({ stream: place.stream, messageIds: [place.messageId] });
      }}
      onShow={(place) => {
        navigate(messagePath(place.stream, place.messageId));
        close();
      }}
      onClose={close}
    />
  );
}
