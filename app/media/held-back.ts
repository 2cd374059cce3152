import { createContext } from 'react';

/** In a request nothing is fetched and no address is a link by itself: a stranger would learn when it is looked at. [RQ4] */
export const HeldBack = createContext(false);
