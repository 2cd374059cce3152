import { setTimeout as wait } from 'node:timers/promises';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Visitor, openBrowser, openVisitor, signUp } from './browser.fixture.ts';
import { type Link, openLink } from './link.fixture.ts';
import { type ServerProcess, startServerProcess } from './server-process.fixture.ts';

/** What the tests of one file share: a server, a browser, and a link between them for visitors who use it. */
export interface Stage {
  readonly server: ServerProcess;
  readonly browser: Browser;
  readonly link: Link;
  /** Somebody with their own browser profile, not signed in. It is closed after the test. */
  visitor(name: string, options?: BrowserContextOptions & { over?: Pick<Link, 'origin'> }): Promise<Visitor>;
  /** The same, but signed up. */
  signedUp(name: string, options?: BrowserContextOptions & { over?: Pick<Link, 'origin'> }): Promise<Visitor>;
  /** Somebody who signs up in `beforeAll` and whose page all tests of the file share: opening one costs more than most tests do. */
  resident(name: string, options?: BrowserContextOptions): Promise<Visitor>;
  /** The errors in all pages of this test. */
  complaints(): string[];
}

/** Starts everything before the first test of the calling file, and closes it after the last. `program`: another server. */
export function setStage(env: Record<string, string> = {}, program?: string): Stage {
  const parts: { server?: ServerProcess; browser?: Browser; link?: Link } = {};
  const visitors: Visitor[] = [];
  const residents: Visitor[] = [];
  beforeAll(async () => {
    [parts.server, parts.browser] = await Promise.all([startServerProcess(env, program), openBrowser()]);
    parts.link = await openLink(parts.server.port);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await printScreens([...residents, ...visitors]);
    await Promise.all(visitors.splice(0).map(({ context }) => context.close()));
  });
  afterAll(async () => {
    await parts.browser?.close();
    await parts.link?.close();
    await parts.server?.close();
  });
  const stage: Stage = {
    get server() {
      return started(parts.server);
    },
    get browser() {
      return started(parts.browser);
    },
    get link() {
      return started(parts.link);
    },
    async visitor(name, { over, ...options } = {}) {
      const visitor = await openVisitor(stage.browser, (over ?? stage.server).origin, name, options);
      visitors.push(visitor);
      return visitor;
    },
    async signedUp(name, options) {
      const visitor = await stage.visitor(name, options);
      await signUp(visitor);
      return visitor;
    },
    async resident(name, options) {
      const visitor = await openVisitor(stage.browser, stage.server.origin, name, options);
      residents.push(visitor);
      await signUp(visitor);
      return visitor;
    },
    complaints: () => [...residents, ...visitors].flatMap(({ complaints }) => complaints),
  };
  return stage;
}

const SCREEN_TIMEOUT_MS = 5_000;

/** Prints what is on each page, or that it does not respond, because a failure may not be reproducible. */
async function printScreens(visitors: readonly Visitor[]): Promise<void> {
  for (const { name, context } of visitors) {
    for (const page of context.pages()) {
      const text = page.evaluate(() => document.body.innerText).catch(String);
      const timeout = wait(SCREEN_TIMEOUT_MS).then(() => 'the page does not respond');
      const shown = await Promise.race([text, timeout]);
      console.error(`${name} at ${page.url()}: ${shown.replaceAll(/\s+/g, ' ').slice(0, 500)}`);
    }
  }
}

function started<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the stage can be used in tests and hooks only');
  return part;
}
