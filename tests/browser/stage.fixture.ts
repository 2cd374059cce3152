import { setTimeout as wait } from 'node:timers/promises';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Visitor, openBrowser, openVisitor, signUp } from './browser.fixture.ts';
import { type Link, openLink } from './link.fixture.ts';
import { type ServerProcess, startServerProcess } from './server-process.fixture.ts';

/** What the tests of one file play on: a server, a browser, and a link between them for whoever comes over it. */
export interface Stage {
  readonly server: ServerProcess;
  readonly browser: Browser;
  readonly link: Link;
  /** Somebody in a browser profile of their own, not signed in; gone after the test. */
  visitor(name: string, options?: BrowserContextOptions & { over?: Link }): Promise<Visitor>;
  /** The same, signed up. */
  signedUp(name: string, options?: BrowserContextOptions & { over?: Link }): Promise<Visitor>;
  /** What all pages of this test complained of. */
  complaints(): string[];
}

/** Sets the stage before the first test of the file that calls it, and clears it after the last. `program`: another server. */
export function setStage(env: Record<string, string> = {}, program?: string): Stage {
  const parts: { server?: ServerProcess; browser?: Browser; link?: Link } = {};
  const visitors: Visitor[] = [];
  beforeAll(async () => {
    [parts.server, parts.browser] = await Promise.all([startServerProcess(env, program), openBrowser()]);
    parts.link = await openLink(parts.server.port);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await tellWhatIsShown(visitors);
    await Promise.all(visitors.splice(0).map(({ context }) => context.close()));
  });
  afterAll(async () => {
    await parts.browser?.close();
    await parts.link?.close();
    await parts.server?.close();
  });
  const stage: Stage = {
    get server() {
      return there(parts.server);
    },
    get browser() {
      return there(parts.browser);
    },
    get link() {
      return there(parts.link);
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
    complaints: () => visitors.flatMap(({ complaints }) => complaints),
  };
  return stage;
}

const ANSWERS_WITHIN_MS = 5_000;

/** For whoever reads a failure that doesn't come again: what stood on every page, or that a page doesn't answer. */
async function tellWhatIsShown(visitors: readonly Visitor[]): Promise<void> {
  for (const { name, context } of visitors) {
    for (const page of context.pages()) {
      const text = page.evaluate(() => document.body.innerText).catch(String);
      const silence = wait(ANSWERS_WITHIN_MS).then(() => 'the page does not answer');
      const shown = await Promise.race([text, silence]);
      console.error(`${name} at ${page.url()}: ${shown.replaceAll(/\s+/g, ' ').slice(0, 500)}`);
    }
  }
}

function there<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the stage is set before the tests, not while they are named');
  return part;
}
