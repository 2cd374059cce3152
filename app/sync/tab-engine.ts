import type { ConversationId } from '#protocol/ids.ts';
import type { Engine } from './engine.ts';
import type { Reservation } from './push-rounds.ts';
import type { TabMessage } from './tab-channel.ts';
import type { TabPresence } from './tab-presence.ts';

interface TabEngineParts {
  /** Resolves to what starts the engine, whose code is fetched once a tab leads. */
  load: () => Promise<(mayLead: () => Promise<boolean>) => Engine>;
  presence: TabPresence;
  post: (message: TabMessage) => void;
}

/** The engine of this tab while it leads. While another tab leads, requests are posted to that one. [CL5] */
export interface TabEngine {
  isLeading(): boolean;
  /** This tab has become the leader. */
  lead(mayLead: () => Promise<boolean>): Promise<void>;
  /** This tab has lost the lead. */
  follow(): void;
  queued(): void;
  /** Undefined while another tab leads. */
  reserve(stream: ConversationId): Reservation | undefined;
  wake(why: 'signal' | 'press'): void;
  offline(): void;
  visible(on: boolean): void;
  /** The chat that this tab shows; undefined if none. [CL15] */
  prefer(stream: ConversationId | undefined): void;
  /** A request of another tab. */
  fromTab(message: Extract<TabMessage, { kind: 'queued' | 'wake' | 'prefer' }>): void;
  close(): void;
}

export function createTabEngine({ load, presence, post }: TabEngineParts): TabEngine {
  let engine: Engine | undefined;
  let isClosed = false;
  let preferred: ConversationId | undefined;
  /** Counts the times that this tab got or lost the lead. */
  let turns = 0;

  function stop(): void {
    turns += 1;
    engine?.close();
    engine = undefined;
  }

  return {
    isLeading: () => engine !== undefined,
    async lead(mayLead) {
      turns += 1;
      const turn = turns;
      const start = await load();
      // The lead may be lost, and won again, while the code is fetched.
      if (!(await mayLead()) || isClosed || turn !== turns) return;
      engine = start(mayLead);
      engine.prefer(preferred);
      presence.lead(engine);
    },
    follow() {
      stop();
      presence.follow();
    },
    reserve: (stream) => engine?.reserve(stream),
    queued: () => (engine === undefined ? post({ kind: 'queued' }) : engine.queued()),
    wake: (why) => (engine === undefined ? post({ kind: 'wake', why }) : engine.wake(why)),
    offline: () => engine?.offline(),
    visible: (on) => engine?.visible(on),
    prefer(stream) {
      preferred = stream;
      if (engine === undefined) post({ kind: 'prefer', ...(stream === undefined ? {} : { stream }) });
      else engine.prefer(stream);
    },
    fromTab(message) {
      if (message.kind === 'queued') engine?.queued();
      else if (message.kind === 'wake') engine?.wake(message.why);
      else engine?.prefer(message.stream);
    },
    close() {
      isClosed = true;
      stop();
    },
  };
}
