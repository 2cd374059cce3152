// `npm run database -- --data DIR --socket PATH`: the embedded database as a process of its own.
import { setUpOrExit } from './setup.mjs';

await setUpOrExit();
await import(new URL('../dist/server/database.js', import.meta.url).href);
