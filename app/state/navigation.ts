import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { signedOut } from './session.ts';

export interface NavigationState {
  /** The last path, to which a start from the icon returns. */
  lastPlace: string;
  /** Hides the details beside a group on wide screens. Absent: they are shown. */
  hidesDetails?: boolean;
  /** Shows the details beside a direct chat, where they say little that the chat does not. Absent: they are hidden. */
  showsDirectDetails?: boolean;
}

const initialState: NavigationState = { lastPlace: '/' };

const slice = createSlice({
  name: 'navigation',
  initialState,
  reducers: {
    placeSeen: (state, { payload }: PayloadAction<string>) => {
      state.lastPlace = payload;
    },
    detailsShown: (state, { payload }: PayloadAction<{ on: boolean; isDirect: boolean }>) => {
      if (payload.isDirect) state.showsDirectDetails = payload.on;
      else state.hidesDetails = !payload.on;
    },
  },
  extraReducers: (builder) => {
    builder.addCase(signedOut, () => initialState);
  },
});

export const { placeSeen, detailsShown } = slice.actions;
export const navigationReducer = slice.reducer;
