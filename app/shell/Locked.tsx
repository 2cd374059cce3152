import { Suspense, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { useNotificationPresses } from '#app/push/use-presses.ts';
import { LockScreen } from '#app/session/LockScreen.tsx';
import ProofDialog from '#app/settings/ProofDialog.tsx';
import type { Profile } from '#app/state/session.ts';
import { lockChanged } from '#app/state/settings.ts';
import { useAppDispatch } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import type { SessionActions } from './session-actions.ts';
import { useUploads } from './use-uploads.ts';

export { watchIdle } from './watch-idle.ts';

interface LockedProps {
  client: Client;
  profile: Profile;
  actions: SessionActions;
}

/** Replaces everything else, so that nothing of the chats is in the page. Sending, receiving and uploads continue. [SEC-55] */
export default function Locked({ client, profile, actions }: LockedProps) {
  const words = useWords();
  const dispatch = useAppDispatch();
  const [asked, setAsked] = useState<'proof' | { unsent: number }>();
  useUploads(client);
  // The chat opens once the PIN has been entered.
  useNotificationPresses();
  return (
    <>
      <LockScreen
        onForgotten={() => setAsked('proof')}
        onSignOut={() => void client.store.outbox().then(({ length }) => setAsked({ unsent: length }))}
      />
      <Suspense fallback={null}>
        {asked === 'proof' && (
          <ProofDialog
            email={profile.email}
            body={words('lock.forgottenBody')}
            isHere
            onProven={() => dispatch(lockChanged(null))}
            onClose={() => setAsked(undefined)}
          />
        )}
      </Suspense>
      {typeof asked === 'object' && (
        <ConfirmDialog
          title={words('signOut.title')}
          body={
            asked.unsent === 0
              ? words('signOut.body')
              : `${words('lock.unsent', { count: asked.unsent })} ${words('signOut.body')}`
          }
          cancel={words('app.cancel')}
          confirm={words('signOut.button')}
          onConfirm={() => void actions.leave(client)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}
