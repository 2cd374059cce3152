import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Presence, TypingNotice } from '#protocol/live.ts';
import { connectionChanged, connectionEnded } from './connection.ts';

/** Ephemeral state: never persisted, and dropped when the connection that it came from is lost. [LV7] [LV8] */
export interface PresenceState {
  typing: Record<ConversationId, UserId[]>;
  people: Record<UserId, Presence>;
}

const initialState: PresenceState = { typing: {}, people: {} };

const slice = createSlice({
  name: 'presence',
  initialState,
  reducers: {
    typingReceived: ({ typing }, { payload: { stream, userId, on } }: PayloadAction<TypingNotice>) => {
      const others = (typing[stream] ?? []).filter((id) => id !== userId);
      if (on) others.push(userId);
      if (others.length > 0) typing[stream] = others;
      else delete typing[stream];
    },
    presenceReceived: ({ people }, { payload }: PayloadAction<Presence>) => {
      people[payload.userId] = payload;
    },
  },
  extraReducers: (builder) => {
    builder.addCase(connectionEnded, () => initialState);
    builder.addCase(connectionChanged, (state, { payload: { connection } }) =>
      connection.phase === 'online' || connection.phase === 'catching-up' ? state : initialState,
    );
  },
});

export const { typingReceived, presenceReceived } = slice.actions;
export const presenceReducer = slice.reducer;
