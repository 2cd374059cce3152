import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import type { ConnectionStatus, SyncStatus } from '#app/sync/status.ts';

type Phase = ConnectionStatus['phase'];

export interface ConnectionState extends SyncStatus {
  /** The phase that the screen shows: the present one once it has lasted. */
  shownPhase: Phase;
}

const initialState: ConnectionState = {
  connection: { phase: 'connecting' },
  caughtUpAt: null,
  shownPhase: 'online',
};

const slice = createSlice({
  name: 'connection',
  initialState,
  reducers: {
    changed: (state, { payload }: PayloadAction<SyncStatus>) => ({ ...payload, shownPhase: state.shownPhase }),
    phaseLasted: (state, { payload }: PayloadAction<Phase>) => {
      state.shownPhase = payload;
    },
    ended: () => initialState,
  },
});

export const { changed: connectionChanged, phaseLasted, ended: connectionEnded } = slice.actions;
export const connectionReducer = slice.reducer;

const online: ConnectionStatus = { phase: 'online' };
const offline: ConnectionStatus = { phase: 'offline' };

/** The connection as the screen shows it: without phases that have only just started. */
export function shownConnection({ connection: state }: { connection: ConnectionState }): ConnectionStatus {
  const { connection, shownPhase } = state;
  if (shownPhase === connection.phase) return connection;
  return shownPhase === 'offline' ? offline : online;
}
