import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { directStream } from '#protocol/ids.ts';
import { REPORTS_PAGE } from '#protocol/limits.ts';
import { type Database, openDatabase } from '#server/database/connect.ts';
import { nextId } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, eve, peopleOf } from '#server/streams/testing/people.fixture.ts';
import { createReports } from './reports.ts';

let database: Database;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'teamlink-reports-'));
  database = await openDatabase({ dataDir });
});
afterAll(async () => {
  await database.close();
  await rm(dataDir, { recursive: true });
});

const clock = { now: Date.parse('2026-11-24T12:00:00.000Z') };
const names = new Map([
  [ann, 'Ann'],
  [bob, 'Bob'],
]);
const opened = () =>
  createReports({
    connection: database.connection,
    people: peopleOf(names),
    isLimited: false,
    now: () => clock.now,
  });
const about = (by: typeof ann) =>
  ({ id: nextId(), by, stream: directStream(by, bob), person: bob, reason: 'spam' }) as const;

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of items) all.push(each);
  return all;
}

it('[RP1] [RP3] at most a hundred reports are accepted in a day, and pages show each of them once, even with equal times', async () => {
  const reports = opened();
  for (let at = 0; at < 100; at += 1) expect(await reports.add(about(ann))).toBe('stored');
  expect(await reports.add(about(ann))).toBe('too many today');
  expect(await reports.add(about(eve))).toBe('stored');
  const seen: string[] = [];
  for (let before: string | undefined, more = true; more; before = seen.at(-1)) {
    const page = await reports.page('open', before);
    expect(page.reports.length).toBeLessThanOrEqual(REPORTS_PAGE);
    seen.push(...page.reports.map(({ id }) => id));
    ({ more } = page);
  }
  expect([seen.length, new Set(seen).size]).toEqual([101, 101]);
  clock.now += 86_400_000;
  expect(await reports.add(about(ann))).toBe('stored');
});

it('[RP2] [AC2] reports about a deleted account stay, without a name', async () => {
  const reports = opened();
  clock.now += 1_000;
  const its = about(eve);
  await reports.add({ ...its, note: 'look at this' });
  expect((await allOf(reports.of(eve))).at(-1)).toMatchObject({ person: bob, note: 'look at this' });
  await reports.personDeleted(eve);
  names.delete(bob);
  expect(await allOf(reports.of(eve))).toEqual([]);
  const [newest] = (await reports.page('open')).reports;
  expect(newest).toMatchObject({ person: { id: bob }, note: 'look at this' });
  expect(newest).not.toHaveProperty('by');
  expect(newest?.person).not.toHaveProperty('name');
});
