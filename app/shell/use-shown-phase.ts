import { useEffect } from 'react';
import { phaseLasted } from '#app/state/connection.ts';
import { useAppDispatch, useAppSelector } from '#app/state/store.ts';
import type { ConnectionStatus } from '#app/sync/status.ts';

/** How long a phase must last before the screen shows it; a handshake of half a second is not shown. */
const SHOWN_AFTER_MS: Partial<Record<ConnectionStatus['phase'], number>> = { connecting: 2_000, 'catching-up': 600 };

/** Decides, for the whole screen, when the phase of the connection has lasted long enough to be shown. */
export function useShownPhase(): void {
  const dispatch = useAppDispatch();
  const phase = useAppSelector((state) => state.connection.connection.phase);
  useEffect(() => {
    const timer = setTimeout(() => dispatch(phaseLasted(phase)), SHOWN_AFTER_MS[phase] ?? 0);
    return () => clearTimeout(timer);
  }, [phase, dispatch]);
}
