// `npm start` and `npm run database`: set up what is missing, then become the server or the embedded database alone, in this
// process, so that it receives their signals itself.
import { setUpOrExit } from './setup.mjs';

await setUpOrExit();
const isDatabase = process.argv[2] === 'database';
if (isDatabase) process.argv.splice(2, 1);
await import(new URL(`../dist/server/${isDatabase ? 'database' : 'main'}.js`, import.meta.url).href);
