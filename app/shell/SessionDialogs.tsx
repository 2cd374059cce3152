import type { ListRows } from '#app/shown/list-rows.ts';
import { conversationNameWords } from '#app/i18n/name-words.ts';
import { useWords, type Words } from '#app/i18n/words.ts';
import { SignInAgain } from '#app/session/SignInAgain.tsx';
import { SignOutDialog } from '#app/session/SignOutDialog.tsx';
import { shownConversation } from '#app/shown/conversation.ts';
import { conversationName } from '#app/shown/name.ts';
import { unsentWords } from '#app/shown/unsent.ts';
import type { Client } from '#app/sync/client.ts';
import type { LostWords } from '#app/unsent/LostTexts.tsx';
import type { UserId } from '#protocol/ids.ts';
import type { SessionActions } from './session-actions.ts';
import { useUnfinished, type Unfinished } from './use-unfinished.ts';

interface SessionDialogsProps {
  client: Client;
  email: string;
  actions: SessionActions;
  isAskedToSignIn: boolean;
  onAskToSignIn: (isAsked: boolean) => void;
  isSigningOut: boolean;
  onSignOut: (isSigningOut: boolean) => void;
  /** Undefined while it is read. */
  list: ListRows | undefined;
}

/** The dialogs that sign in again after the session has ended, and that sign out. */
export default function SessionDialogs(props: SessionDialogsProps) {
  const { client, email, actions, isAskedToSignIn, onAskToSignIn, isSigningOut, onSignOut, list } = props;
  return (
    <>
      {isAskedToSignIn && (
        <SignInAgain
          email={email}
          onClose={() => onAskToSignIn(false)}
          onOther={() => {
            onAskToSignIn(false);
            onSignOut(true);
          }}
          onRun={async (run) => {
            const problem = await actions.enterBy(run);
            if (problem === undefined) client.reconnect();
            return problem;
          }}
          onSubmit={async (input) => {
            const problem = await actions.enter('sign-in', input);
            if (problem === undefined) client.reconnect();
            return problem;
          }}
        />
      )}
      {isSigningOut && <SignOut client={client} list={list} actions={actions} onClose={() => onSignOut(false)} />}
    </>
  );
}

interface SignOutProps extends Pick<SessionDialogsProps, 'client' | 'list' | 'actions'> {
  onClose: () => void;
}

/** Opens once it is known what would be lost. */
function SignOut({ client, list, actions, onClose }: SignOutProps) {
  const words = useWords();
  const unfinished = useUnfinished(client);
  if (unfinished === undefined) return null;
  return (
    <SignOutDialog
      lost={list === undefined ? [] : lostWords({ ...list, ...unfinished }, client.userId, words)}
      hasFiles={unfinished.hasFiles}
      onClose={onClose}
      onSignOut={(everywhere) => actions.leave(client, everywhere)}
    />
  );
}

/** The text that signing out would lose, with the names of its chats. */
function lostWords(list: ListRows & Unfinished, self: UserId, words: Words): LostWords[] {
  return unsentWords(list, self).map(({ stream, kind, text }) => {
    const row = list.rows.find((each) => each.stream === stream);
    const shown = row === undefined ? { stream } : shownConversation(row, list.outbox, self);
    return { kind, text, chat: conversationNameWords(conversationName(shown, self, list.people), words) };
  });
}
