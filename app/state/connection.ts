import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import type { SyncStatus } from '#app/sync/status.ts';

const initialState: SyncStatus = { connection: { phase: 'connecting' }, caughtUpAt: null };

const slice = createSlice({
  name: 'connection',
  initialState,
  reducers: {
    changed: (_state, { payload }: PayloadAction<SyncStatus>) => payload,
    ended: () => initialState,
  },
});

export const { changed: connectionChanged, ended: connectionEnded } = slice.actions;
export const connectionReducer = slice.reducer;
