import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { signedOut } from './session.ts';

export interface NavigationState {
  /** The path last seen, so that a start from the icon returns there. */
  lastPlace: string;
}

const initialState: NavigationState = { lastPlace: '/' };

const slice = createSlice({
  name: 'navigation',
  initialState,
  reducers: {
    placeSeen: (state, { payload }: PayloadAction<string>) => {
      state.lastPlace = payload;
    },
  },
  extraReducers: (builder) => {
    builder.addCase(signedOut, () => initialState);
  },
});

export const { placeSeen } = slice.actions;
export const navigationReducer = slice.reducer;
