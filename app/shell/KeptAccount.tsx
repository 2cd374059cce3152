import { useEffect } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { keptAccountTold } from '#app/state/session.ts';
import { useAppDispatch } from '#app/state/store.ts';
import { useNotice } from '#app/ui/Notice.tsx';

/** Tells a person once that signing in has kept the account that they had deleted. [AC1] */
export default function KeptAccount() {
  const words = useWords();
  const notify = useNotice();
  const dispatch = useAppDispatch();
  useEffect(() => {
    notify(words('deletion.kept'));
    dispatch(keptAccountTold());
  }, [words, notify, dispatch]);
  return null;
}
