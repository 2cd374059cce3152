import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import type { Shown } from '#protocol/push.ts';
import type { Lock } from './lock.ts';
import { signedOut } from './session.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export interface SettingsState {
  theme: Theme;
  /** Absent: the browser's. */
  language?: string;
  /** Notifications on this device. Absent: the person has not been asked. */
  notifications?: 'on' | 'off';
  /** What notifications show. Absent: the text. */
  notificationText?: Shown;
  /** Absent: they make a sound. */
  notificationSound?: 'off';
  /** The app asks for a PIN after some time without input. Absent: it never does. [SEC-55] */
  lock?: Lock;
}

const slice = createSlice({
  name: 'settings',
  initialState: (): SettingsState => ({ theme: 'system' }),
  reducers: {
    themeChosen: (state, { payload }: PayloadAction<Theme>) => {
      state.theme = payload;
    },
    /** Another tab has changed them. */
    settingsReceived: (_state, { payload }: PayloadAction<SettingsState>) => payload,
    languageChosen: (state, { payload }: PayloadAction<string>) => {
      state.language = payload;
    },
    notificationsChosen: (state, { payload }: PayloadAction<'on' | 'off'>) => {
      state.notifications = payload;
    },
    notificationTextChosen: (state, { payload }: PayloadAction<Shown>) => {
      state.notificationText = payload;
    },
    notificationSoundChosen: (state, { payload }: PayloadAction<boolean>) => {
      if (payload) delete state.notificationSound;
      else state.notificationSound = 'off';
    },
    lockChanged: (state, { payload }: PayloadAction<Lock | null>) => {
      if (payload === null) delete state.lock;
      else state.lock = payload;
    },
  },
  extraReducers: (builder) => {
    // The next person is asked again, because the permission was this person's.
    builder.addCase(signedOut, (state) => {
      delete state.notifications;
      delete state.notificationText;
      delete state.notificationSound;
      delete state.lock;
    });
  },
});

export const {
  themeChosen,
  languageChosen,
  notificationsChosen,
  notificationTextChosen,
  notificationSoundChosen,
  settingsReceived,
  lockChanged,
} = slice.actions;
export const settingsReducer = slice.reducer;
