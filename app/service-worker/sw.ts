// This file only registers. Each event has its own file, so that it can be read and tested alone.
import './precache.ts';
import { takeOverWhenAsked } from './update.ts';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('message', takeOverWhenAsked);
