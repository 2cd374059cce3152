// `npm start`: sets up what is missing, then becomes the server, in this process, so that its signals are the server's.
import { setUpOrExit } from './setup.mjs';

await setUpOrExit();
await import('../dist/server/main.js');
