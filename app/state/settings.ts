import { createSlice, type PayloadAction } from '@reduxjs/toolkit';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export interface SettingsState {
  theme: Theme;
  /** Absent: the browser's. */
  language?: string;
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
  },
});

export const { themeChosen, languageChosen, settingsReceived } = slice.actions;
export const settingsReducer = slice.reducer;
