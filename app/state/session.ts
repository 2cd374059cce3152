import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import type { UserId } from '#protocol/ids.ts';

/** Who is signed in on this device. Persisted, so that the app opens signed in while offline. */
export interface Profile {
  id: UserId;
  name: string;
  email: string;
  /** The line that they have written about themselves. */
  about?: string;
}

export interface SessionState {
  profile: Profile | null;
  /** The server has ended the session. Rows and outbox are kept until the same person signs in again. */
  mustSignIn: boolean;
  /** On a shared computer everything stays in the memory of this tab, and none of this is persisted. */
  isShared?: true;
  /** The account that was signed in here last will be deleted at this time, in ISO 8601, unless somebody signs in to it. [AC1] */
  deletedAfter?: string;
  /** This sign-in has kept the account, and its person has not been told so yet. [AC1] */
  hasKeptAccount?: true;
}

const initialState: SessionState = { profile: null, mustSignIn: false };

const slice = createSlice({
  name: 'session',
  initialState,
  reducers: {
    signedIn: (state, { payload }: PayloadAction<Profile>) => {
      state.profile = payload;
      state.mustSignIn = false;
      delete state.deletedAfter;
    },
    deletionBegun: (state, { payload }: PayloadAction<string>) => {
      state.deletedAfter = payload;
    },
    accountKept: (state) => {
      state.hasKeptAccount = true;
    },
    keptAccountTold: (state) => {
      delete state.hasKeptAccount;
    },
    sharedComputer: (state) => {
      state.isShared = true;
    },
    expired: (state) => {
      state.mustSignIn = state.profile !== null;
    },
    confirmed: (state) => {
      state.mustSignIn = false;
    },
    signedOut: () => initialState,
  },
});

export const { signedIn, deletionBegun, accountKept, keptAccountTold, sharedComputer, expired, confirmed, signedOut } =
  slice.actions;
export const sessionReducer = slice.reducer;
