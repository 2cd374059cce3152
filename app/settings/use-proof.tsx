import { useState, type ReactNode } from 'react';
import type { Outcome } from '#app/http/request.ts';
import { lazyExtra } from '#app/ui/lazy-component.ts';

const ProofDialog = lazyExtra(() => import('./ProofDialog.tsx'));

interface Waiting {
  resolve: (isProven: boolean) => void;
}

export interface Proof {
  /**
   * Runs a request. If the server requires it, the user first proves their identity again, and the request runs once more. If
   * they close the dialog, the result is the server's refusal. [SEC-32]
   */
  withProof<T>(run: () => Promise<Outcome<T>>): Promise<Outcome<T>>;
  /** The dialog, for the caller to draw. */
  dialog: ReactNode;
}

export function useProof(email: string): Proof {
  const [waiting, setWaiting] = useState<Waiting>();
  const end = (isProven: boolean) => {
    setWaiting(undefined);
    waiting?.resolve(isProven);
  };
  return {
    async withProof(run) {
      const outcome = await run();
      if (outcome.ok || outcome.failure.kind !== 'refused' || outcome.failure.code !== NOT_FRESH) return outcome;
      const isProven = await new Promise<boolean>((resolve) => setWaiting({ resolve }));
      return isProven ? run() : outcome;
    },
    dialog: waiting !== undefined && (
      <ProofDialog email={email} onProven={() => end(true)} onClose={() => end(false)} />
    ),
  };
}

const NOT_FRESH = 'SESSION_NOT_FRESH';
