import type { Case } from './semantics-case.fixture.ts';
import { commands } from './semantics-commands.fixture.ts';
import { indexed } from './semantics-indexes.fixture.ts';
import { queries } from './semantics-queries.fixture.ts';
import { updates } from './semantics-updates.fixture.ts';

/** What MongoDB answers; the embedded database must answer the same. */
export const cases: Case[] = [...queries, ...updates, ...commands, ...indexed];
