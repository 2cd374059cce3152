// Only registers: one file per event, so that each can be read, and later tested, alone.
import './precache.ts';
import './update.ts';
