import { useWords } from '#app/i18n/words.ts';
import type { Client } from '#app/sync/client.ts';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { entryOf, type OpenChatMenu } from './list-hands.ts';
import { useChatActions } from './use-chat-actions.tsx';

const ActionMenu = lazyExtra(() => import('#app/ui/ActionMenu.tsx'));

interface ChatMenuProps {
  client: Client;
  chosen: ConversationId | undefined;
  open: OpenChatMenu | undefined;
  onClose: () => void;
}

/** The menu of a chat in the list, at the place of the press, and the question before leaving a group. */
export default function ChatMenu({ client, chosen, open, onClose }: ChatMenuProps) {
  const words = useWords();
  const { actionsOf, leaving, leave, stay } = useChatActions(client, chosen);
  return (
    <>
      {open !== undefined && (
        <ActionMenu
          trigger={open.press}
          actions={actionsOf(open.entry)}
          label={words('list.actions', { name: open.entry.name })}
          onClose={() => {
            onClose();
            // The menu has no element to which the focus could return.
            entryOf(open.entry.stream)?.focus({ preventScroll: true });
          }}
        />
      )}
      {leaving !== undefined && (
        <ConfirmDialog
          title={leaving.title}
          body={leaving.body}
          cancel={words('app.cancel')}
          confirm={words('details.leave')}
          onConfirm={leave}
          onClose={stay}
        />
      )}
    </>
  );
}
