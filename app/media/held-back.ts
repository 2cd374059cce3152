import { createContext } from 'react';

/** In a request no file is fetched and no address is a link, because a stranger would learn when the person looks at it. [RQ4] */
export const HeldBack = createContext(false);
