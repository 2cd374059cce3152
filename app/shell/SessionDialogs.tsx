import { useState } from 'react';
import { SignInAgain } from '#app/session/SignInAgain.tsx';
import { SignOutDialog } from '#app/session/SignOutDialog.tsx';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import type { SessionActions } from './session-actions.ts';

/**
 * Whether to ask for the password: as soon as the session ends; after the dialog was closed, only when the user asks for it,
 * until the session ends the next time.
 */
export function useSignInAgain() {
  const mustSignIn = useAppSelector((state) => state.session.mustSignIn);
  const [isOpen, setOpen] = useState(true);
  const [wasSignedIn, setWasSignedIn] = useState(!mustSignIn);
  if (wasSignedIn === mustSignIn) {
    setWasSignedIn(!mustSignIn);
    setOpen(true);
  }
  return { isAsked: mustSignIn && isOpen, ask: setOpen };
}

interface SessionDialogsProps {
  client: Client;
  email: string;
  actions: SessionActions;
  isAskedToSignIn: boolean;
  onAskToSignIn: (isAsked: boolean) => void;
  isSigningOut: boolean;
  onSignOut: (isSigningOut: boolean) => void;
  /** The number of messages that signing out would lose. */
  unsent: number;
}

/** The dialogs that sign in again after the session has ended, and that sign out. */
export function SessionDialogs(props: SessionDialogsProps) {
  const { client, email, actions, isAskedToSignIn, onAskToSignIn, isSigningOut, onSignOut, unsent } = props;
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
        <SignOutDialog unsent={unsent} onClose={() => onSignOut(false)} onSignOut={() => actions.leave(client)} />
      )}
    </>
  );
}
