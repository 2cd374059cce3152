import { combineReducers, configureStore } from '@reduxjs/toolkit';
import { useDispatch, useSelector, useStore } from 'react-redux';
import { FLUSH, PAUSE, PERSIST, PURGE, REGISTER, REHYDRATE, persistReducer, persistStore } from 'redux-persist';
import { connectionReducer } from './connection.ts';
import type { DeviceStorage } from './device-storage.ts';
import { emojisReducer } from './emojis.ts';
import { navigationReducer } from './navigation.ts';
import { presenceReducer } from './presence.ts';
import { sessionReducer } from './session.ts';
import { settingsReducer } from './settings.ts';

const reducer = combineReducers({
  session: sessionReducer,
  connection: connectionReducer,
  emojis: emojisReducer,
  navigation: navigationReducer,
  presence: presenceReducer,
  settings: settingsReducer,
});

export type AppState = ReturnType<typeof reducer>;

/**
 * The app's state, and which of it is persisted. Rows, outbox, cursors and drafts are never in it: redux-persist may lose a write.
 */
export function createAppStore(storage: DeviceStorage) {
  // 0 means no timeout. With the default, a device that needs 5 s to read would start with an empty state and overwrite the stored one.
  const persisted = persistReducer(
    { key: 'app', version: 1, storage, whitelist: ['session', 'settings', 'navigation', 'emojis'], timeout: 0 },
    reducer,
  );
  const store = configureStore({
    reducer: persisted,
    middleware: (defaults) =>
      defaults({ serializableCheck: { ignoredActions: [FLUSH, REHYDRATE, PAUSE, PERSIST, PURGE, REGISTER] } }),
  });
  return { store, persistor: persistStore(store) };
}

export type AppStore = ReturnType<typeof createAppStore>['store'];
export type Persistor = ReturnType<typeof createAppStore>['persistor'];

/** Resolves when the persisted state has been restored. */
export function rehydrated(persistor: Persistor): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!persistor.getState().bootstrapped) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = persistor.subscribe(look);
    look();
  });
}

export const useAppSelector = useSelector.withTypes<AppState>();
export const useAppDispatch = useDispatch.withTypes<AppStore['dispatch']>();
export const useAppStore = useStore.withTypes<AppStore>();
