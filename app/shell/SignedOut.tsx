import { Suspense, useEffect, useState } from 'react';
import * as v from 'valibot';
import { useLocation, useSearch } from 'wouter';
import { withAllWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import { AccountScreen } from '#app/session/AccountScreen.tsx';
import { takeDeletedAfter } from '#app/session/deleted-after.ts';
import { useAppSelector } from '#app/state/store.ts';
import { afterFrame } from '#app/ui/after-frame.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import { routeOf } from './routes.ts';
import type { SessionActions } from './session-actions.ts';
import { Starting } from './Starting.tsx';

const ForgottenPassword = lazyComponent(withAllWords(() => import('#app/session/ForgottenPassword.tsx')));

interface SignedOutProps {
  actions: SessionActions;
  onShown: () => Promise<void>;
}

/** Everything that a person sees who is not signed in. Its code is a separate chunk, so that the list of chats does not wait for it. */
export default function SignedOut({ actions, onShown }: SignedOutProps) {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const [leftBehind] = useState(takeDeletedAfter);
  const deletedAfter = useAppSelector((state) => state.session.deletedAfter) ?? leftBehind;
  const page = routeOf(path, 'signed-out')?.page;
  const mode = page === 'sign-up' ? 'sign-up' : 'sign-in';
  useEffect(
    () =>
      // Fetched while somebody types, so that their chats do not wait for it.
      afterFrame(() => void onShown()),
    [onShown],
  );
  const link = search === '' ? path : `${path}?${search}`;
  // The parameters that a failed sign-in has left in the address do not say where to go.
  const place = search.includes('sign-in=failed') ? paths.list : link;
  if (page === 'forgotten-password')
    return (
      <Suspense fallback={<Starting />}>
        <ForgottenPassword onBack={() => navigate(followedLink(), { replace: true })} />
      </Suspense>
    );
  return (
    <AccountScreen
      to={mode === 'sign-up' ? followedLink() : place}
      onForgotten={() => navigate(paths.forgotten, { state: { link } })}
      mode={mode}
      deletedAfter={deletedAfter}
      onSwitch={() => {
        if (mode === 'sign-up') return navigate(followedLink(), { replace: true });
        return navigate(paths.signUp, { replace: true, state: { link } });
      }}
      onRun={(run) => actions.enterBy(run)}
      onSubmit={async (chosen, input) => {
        const problem = await actions.enter(chosen, input);
        // Once signed in, the page of a link that was followed here is shown; only the sign-up page no longer exists.
        if (problem === undefined && mode === 'sign-up') navigate(followedLink(), { replace: true });
        return problem;
      }}
    />
  );
}

/** The link that was followed to the sign-in page, which the history keeps while the sign-up page is shown. */
function followedLink(): string {
  const kept = v.safeParse(v.object({ link: v.string() }), history.state);
  return kept.success ? kept.output.link : paths.list;
}
