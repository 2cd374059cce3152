import { useState } from 'react';
import type { ListRows } from '#app/conversation-list/use-list-rows.ts';
import { conversationNameWords } from '#app/i18n/name-words.ts';
import { useWords, type Words } from '#app/i18n/words.ts';
import { SignInAgain } from '#app/session/SignInAgain.tsx';
import { SignOutDialog, type LostWords } from '#app/session/SignOutDialog.tsx';
import { shownConversation } from '#app/shown/conversation.ts';
import { conversationName } from '#app/shown/name.ts';
import { unsentWords } from '#app/shown/unsent.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import type { UserId } from '#protocol/ids.ts';
import type { SessionActions } from './session-actions.ts';

/**
 * Whether to ask for the password, which is done only when the user wants it: the chats on the device can be read without it, and
 * the end of a session must not take the focus from somebody who is writing.
 */
export function useSignInAgain() {
  const mustSignIn = useAppSelector((state) => state.session.mustSignIn);
  const [isOpen, setOpen] = useState(false);
  if (!mustSignIn && isOpen) setOpen(false);
  return { mustSignIn, isAsked: mustSignIn && isOpen, ask: setOpen };
}

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
export function SessionDialogs(props: SessionDialogsProps) {
  const { client, email, actions, isAskedToSignIn, onAskToSignIn, isSigningOut, onSignOut, list } = props;
  const words = useWords();
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
          onSubmit={async (input) => {
            const problem = await actions.enter('sign-in', input);
            if (problem === undefined) client.reconnect();
            return problem;
          }}
        />
      )}
      {isSigningOut && (
        <SignOutDialog
          lost={list === undefined ? [] : lostWords(list, client.userId, words)}
          onClose={() => onSignOut(false)}
          onSignOut={() => actions.leave(client)}
        />
      )}
    </>
  );
}

/** The words that signing out would lose, with the names of their chats. */
function lostWords(list: ListRows, self: UserId, words: Words): LostWords[] {
  return unsentWords(list, self).map(({ stream, kind, text }) => {
    const row = list.rows.find((each) => each.stream === stream);
    const shown = row === undefined ? { stream } : shownConversation(row, list.outbox, self);
    return { kind, text, chat: conversationNameWords(conversationName(shown, self, list.people), words) };
  });
}
