import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import type { ConnectionStatus, SyncStatus } from '#app/sync/status.ts';

type Phase = ConnectionStatus['phase'];

export interface ConnectionState extends SyncStatus {
  /** The phase that the screen shows: the present one once it has lasted. */
  shownPhase: Phase;
  /** When this tab lost the connection, in ms since 1970; null while it has one, and before the first one. */
  lostAt: number | null;
}

const initialState: ConnectionState = {
  connection: { phase: 'connecting' },
  caughtUpAt: null,
  shownPhase: 'online',
  lostAt: null,
};

const hasServer = ({ phase }: ConnectionStatus) => phase === 'online' || phase === 'catching-up';

const slice = createSlice({
  name: 'connection',
  initialState,
  reducers: {
    changed: {
      prepare: (status: SyncStatus, at: number) => ({ payload: status, meta: { at } }),
      reducer: (state, { payload, meta }: PayloadAction<SyncStatus, string, { at: number }>) => ({
        ...payload,
        shownPhase: state.shownPhase,
        lostAt: lostAtAfter(state, payload.connection, meta.at),
      }),
    },
    phaseLasted: (state, { payload }: PayloadAction<Phase>) => {
      state.shownPhase = payload;
    },
    ended: () => initialState,
  },
});

export const { changed: connectionChanged, phaseLasted, ended: connectionEnded } = slice.actions;
export const connectionReducer = slice.reducer;

function lostAtAfter(before: ConnectionState, now: ConnectionStatus, at: number): number | null {
  if (hasServer(now)) return null;
  return hasServer(before.connection) ? at : before.lostAt;
}

/** Whether the device is connected to the server. */
export const isConnected = (state: { connection: ConnectionState }) => hasServer(state.connection.connection);

/** Whether the screen shows that the device is connected. */
export const isShownConnected = (state: { connection: ConnectionState }) => hasServer(shownConnection(state));

const online: ConnectionStatus = { phase: 'online' };
const offline: ConnectionStatus = { phase: 'offline' };

/** The connection as the screen shows it: without phases that have only just started. */
export function shownConnection({ connection: state }: { connection: ConnectionState }): ConnectionStatus {
  const { connection, shownPhase } = state;
  if (shownPhase === connection.phase) return connection;
  return shownPhase === 'offline' ? offline : online;
}
