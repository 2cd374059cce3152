import { useState } from 'react';
import { useAppSelector } from '#app/state/store.ts';

/**
 * Whether to ask for the password. That happens only when the user wants it, because the chats on the device can be read without
 * it, and the end of a session must not take the focus from somebody who is writing.
 */
export function useSignInAgain() {
  const mustSignIn = useAppSelector((state) => state.session.mustSignIn);
  const [isOpen, setOpen] = useState(false);
  if (!mustSignIn && isOpen) setOpen(false);
  return { mustSignIn, isAsked: mustSignIn && isOpen, ask: setOpen };
}
