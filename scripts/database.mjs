// `npm run database -- --data DIR --socket PATH`: the embedded database as a process of its own.
import { setUpOrExit } from './setup.mjs';

await setUpOrExit();
await import('../dist/server/database.js');
