import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { signedOut } from './session.ts';

export interface NavigationState {
  /** The last path, to which a start from the icon returns. */
  lastPlace: string;
  /** Hides the details beside a chat on wide screens. Absent: they are shown. */
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
