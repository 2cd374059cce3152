import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { signedOut } from './session.ts';

export interface NavigationState {
  /** The path last seen, so that a start from the icon returns there. */
  lastPlace: string;
  /** The details beside a chat, where there is room for them. Absent: shown. */
  hidesDetails?: boolean;
}

const initialState: NavigationState = { lastPlace: '/' };

const slice = createSlice({
  name: 'navigation',
  initialState,
  reducers: {
    placeSeen: (state, { payload }: PayloadAction<string>) => {
      state.lastPlace = payload;
    },
    detailsShown: (state, { payload }: PayloadAction<boolean>) => {
      state.hidesDetails = !payload;
    },
  },
  extraReducers: (builder) => {
    builder.addCase(signedOut, () => initialState);
  },
});

export const { placeSeen, detailsShown } = slice.actions;
export const navigationReducer = slice.reducer;
