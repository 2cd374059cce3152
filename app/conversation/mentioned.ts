import { createContext } from 'react';
import type { NamedPerson } from '#app/shown/mentions.ts';

/** The people whom the message around a text mentions; undefined if nobody. */
export const Mentioned = createContext<{ people: readonly NamedPerson[]; isTabStop: boolean } | undefined>(undefined);
