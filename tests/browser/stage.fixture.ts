import { setTimeout as wait } from 'node:timers/promises';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Account, type Visitor, openAccount, openBrowser, openHome, openVisitor } from './browser.fixture.ts';
import { type Link, openLink } from './link.fixture.ts';
import { authenticate, register } from './seed.fixture.ts';
import { rename, renameEverybody, sharedServer } from './shared-server.fixture.ts';
import { type ServerProcess, startServerProcess } from './server-process.fixture.ts';

/** The parts that the tests of a file share: a server, a browser, and a link between them for visitors who use it. */
export interface Stage {
  readonly server: ServerProcess;
  readonly browser: Browser;
  readonly link: Link;
  /** Somebody with their own browser profile, not signed in. It is closed after the test. */
  visitor(name: string, options?: BrowserContextOptions & { over?: Pick<Link, 'origin'> }): Promise<Visitor>;
  /** The same, but with an account, which a request creates: the page opens signed in. */
  signedUp(name: string, options?: BrowserContextOptions & { over?: Pick<Link, 'origin'> }): Promise<Visitor>;
  /** Somebody with an account and without a browser: the other person, whose screen no test looks at. */
  account(name: string): Promise<Account>;
  /**
   * Somebody who gets an account in `beforeAll` and whose page all tests of the file share: opening one costs more than most tests
   * do. `owner`: the page is another device of theirs.
   */
  resident(name: string, options?: BrowserContextOptions, owner?: Account): Promise<Visitor>;
  /** The errors in all pages of this test. */
  complaints(): string[];
}

/** One browser for all files that this process runs, because starting it costs more than most tests do. It ends with the process. */
let shared: Browser | undefined;

async function sharedBrowser(): Promise<Browser> {
  if (shared?.isConnected() !== true) shared = await openBrowser();
  return shared;
}

/** Prepares everything before the first test of the calling file. The server is one that other files use too. */
export function setStage(): Stage {
  return stageOn(sharedServer, renameEverybody);
}

/** The same with a server of the file's own, which is new, has these settings, and may be stopped. `program`: another build. */
export function setOwnStage(env: Record<string, string> = {}, program?: string): Stage {
  return stageOn(
    () => startServerProcess(env, program),
    (server) => server.close(),
  );
}

function stageOn(start: () => Promise<ServerProcess>, leave: (server: ServerProcess) => Promise<void>): Stage {
  const parts: { server?: ServerProcess; browser?: Browser; link?: Link } = {};
  const visitors: Visitor[] = [];
  const residents: Visitor[] = [];
  const accounts: Account[] = [];
  let accountsBefore = 0;
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
      await moveIn(visitor);
      return visitor;
    },
    async account(name) {
      const account = await openAccount(stage.server.origin, name);
      accounts.push(account);
      await register(account);
      return account;
    },
    async resident(name, options, owner) {
      const visitor = await openVisitor(stage.browser, stage.server.origin, name, options);
      if (owner !== undefined) visitor.email = owner.email;
      residents.push(visitor);
      await (owner === undefined ? moveIn(visitor) : authenticate(visitor).then(() => openHome(visitor)));
      return visitor;
    },
    complaints: () => [...residents, ...visitors].flatMap(({ complaints }) => complaints),
  };
  beforeAll(async () => {
    [parts.server, parts.browser] = await Promise.all([start(), sharedBrowser()]);
    parts.link = await openLink(parts.server.port);
  });
  beforeEach(() => void (accountsBefore = accounts.length));
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      await printScreens([...residents, ...visitors]);
      // The second try makes people of the same names.
      const people = [...visitors, ...accounts.slice(accountsBefore)];
      await rename(
        stage.server.origin,
        people.map(({ email }) => email),
      );
    }
    await Promise.all(visitors.splice(0).map(({ context }) => context.close()));
  });
  afterAll(async () => {
    await Promise.all(accounts.map(({ page }) => page.request.dispose()));
    await Promise.all(parts.browser?.contexts().map((context) => context.close()) ?? []);
    await parts.link?.close();
    if (parts.server !== undefined) await leave(parts.server);
  });
  return stage;
}

async function moveIn(visitor: Visitor): Promise<void> {
  await register(visitor);
  await openHome(visitor);
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
