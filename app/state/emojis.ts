import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { signedOut } from './session.ts';

export interface EmojisState {
  /** Those that the person used last, the newest first. */
  recent: string[];
}

const KEPT = 24;
const initialState: EmojisState = { recent: [] };

const slice = createSlice({
  name: 'emojis',
  initialState,
  reducers: {
    emojiUsed: (state, { payload }: PayloadAction<string>) => {
      state.recent = [payload, ...state.recent.filter((emoji) => emoji !== payload)].slice(0, KEPT);
    },
  },
  extraReducers: (builder) => {
    builder.addCase(signedOut, () => initialState);
  },
});

export const { emojiUsed } = slice.actions;
export const emojisReducer = slice.reducer;
