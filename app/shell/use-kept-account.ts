import { useEffect } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { keptAccountTold } from '#app/state/session.ts';
import { useAppDispatch, useAppSelector } from '#app/state/store.ts';
import { useNotice } from '#app/ui/Notice.tsx';

/** Tells a person once that signing in has kept the account that they had deleted. [AC1] */
export function useKeptAccount(): void {
  const words = useWords();
  const notify = useNotice();
  const dispatch = useAppDispatch();
  const hasKept = useAppSelector((state) => state.session.hasKeptAccount === true);
  useEffect(() => {
    if (!hasKept) return;
    notify(words('deletion.kept'));
    dispatch(keptAccountTold());
  }, [hasKept, words, notify, dispatch]);
}
