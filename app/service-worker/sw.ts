// Only registers: one file per event, so that each can be read, and later tested, alone.
import './precache.ts';
import { takeOverWhenAsked } from './update.ts';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('message', takeOverWhenAsked);
