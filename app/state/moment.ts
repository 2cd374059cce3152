import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Presence, TypingNotice } from '#protocol/live.ts';
import { connectionChanged, connectionEnded } from './connection.ts';

/** What holds for the moment only: never kept, and gone with the connection that told it. [LV7] [LV8] */
export interface MomentState {
  typing: Record<ConversationId, UserId[]>;
  presence: Record<UserId, Presence>;
}

const initialState: MomentState = { typing: {}, presence: {} };

const slice = createSlice({
  name: 'moment',
  initialState,
  reducers: {
    typingHeard: ({ typing }, { payload: { stream, userId, on } }: PayloadAction<TypingNotice>) => {
      const others = (typing[stream] ?? []).filter((id) => id !== userId);
      if (on) others.push(userId);
      if (others.length > 0) typing[stream] = others;
      else delete typing[stream];
    },
    presenceHeard: ({ presence }, { payload }: PayloadAction<Presence>) => {
      presence[payload.userId] = payload;
    },
  },
  extraReducers: (builder) => {
    builder.addCase(connectionEnded, () => initialState);
    builder.addCase(connectionChanged, (state, { payload: { connection } }) =>
      connection.phase === 'online' || connection.phase === 'catching-up' ? state : initialState,
    );
  },
});

export const { typingHeard, presenceHeard } = slice.actions;
export const momentReducer = slice.reducer;
