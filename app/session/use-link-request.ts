import { useState } from 'react';
import type { Outcome } from '#app/http/request.ts';
import { linkProblemWords } from '#app/i18n/account-change-words.ts';
import { useWords } from '#app/i18n/words.ts';

/** Runs one request at a time, and says why it failed. */
export function useLinkRequest() {
  const words = useWords();
  const [problem, setProblem] = useState<string>();
  const [isWorking, setWorking] = useState(false);
  return {
    problem,
    isWorking,
    clear: () => setProblem(undefined),
    /** A request without an outcome reports nothing. */
    run(request: () => Promise<Outcome<unknown> | undefined>) {
      if (isWorking) return;
      setWorking(true);
      setProblem(undefined);
      void request().then((outcome) => {
        setWorking(false);
        if (outcome?.ok === false) setProblem(linkProblemWords(outcome.failure, words));
      });
    },
  };
}
