// `npm start`: sets up what is missing, then becomes the server, in this process, so that its signals are the server's.
import { setUpOrExit } from './setup.mjs';

await setUpOrExit();
await import(new URL('../dist/server/main.js', import.meta.url).href);
