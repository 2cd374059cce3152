import { useCallback, useEffect, useState } from 'react';
import { sizeWords } from '#app/i18n/size-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { budgets, depths, downloadKinds, type FileChoices, type When, whens } from '#app/local-store/file-choices.ts';
import { filesOf } from '#app/local-store/files.ts';
import { keptFilesOf, type KeptFiles } from '#app/local-store/kept-files.ts';
import { keepMessages } from '#app/media/keep-messages.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { Chips } from '#app/ui/Chips.tsx';
import { useNotice } from '#app/ui/Notice.tsx';
import type { UserId } from '#protocol/ids.ts';
import shapes from '#app/ui/Shapes.module.css';
import settings from './Settings.module.css';
import styles from './Storage.module.css';

/** What uses space on this device, what is fetched in advance, and how much is kept. */
export function Storage({ client }: { client: Client }) {
  const self = client.userId;
  const words = useWords();
  const notify = useNotice();
  const { usage, choices, choose, read } = useStorage(self);
  if (usage === undefined || choices === undefined) return null;

  async function free(): Promise<void> {
    await Promise.all([keptFilesOf(self).free(), filesOf(self).forgetSeen()]);
    await read();
    notify(words('storage.freed'));
  }
  async function keep(depth: number): Promise<void> {
    await choose({ depth });
    await keepMessages(client);
  }
  function depthWords(depth: number): string {
    if (depth === depths[0]) return words('storage.newest');
    return depth === Infinity ? words('storage.all') : words('storage.depthCount', { count: depth });
  }
  const rows = [
    ['storage.messages', usage.messages],
    ['storage.files', usage.files],
    ['storage.waiting', usage.waiting],
  ] as const;
  return (
    <div className={shapes.card}>
      <h3 className={settings.heading}>{words('settings.device')}</h3>
      <dl className={styles.usage}>
        {rows.map(([key, bytes]) =>
          bytes === undefined ? null : (
            <div key={key}>
              <dt>{words(key)}</dt>
              <dd>{sizeWords(bytes)}</dd>
            </div>
          ),
        )}
      </dl>
      {usage.isKept !== undefined && (
        <p className={settings.label}>{words(usage.isKept ? 'settings.persisted' : 'settings.notPersisted')}</p>
      )}
      <div>
        <Button look="quiet" disabled={usage.files === 0} onClick={() => void free()}>
          {words('storage.free')}
        </Button>
      </div>
      <p className={settings.label}>{words('storage.freeNote')}</p>
      <p className={settings.label}>{words('storage.depth')}</p>
      <Chips
        label={words('storage.depth')}
        chosen={String(choices.depth)}
        onChoose={(depth) => void keep(Number(depth))}
        options={depths.map((value) => ({ value: String(value), label: depthWords(value) }))}
      />
      <p className={settings.label}>{words('storage.depthNote')}</p>
      <p className={settings.label}>{words('storage.budget')}</p>
      <Chips
        label={words('storage.budget')}
        chosen={String(choices.budget)}
        onChoose={(budget) => void choose({ budget: Number(budget) })}
        options={budgets.map((value) => ({ value: String(value), label: sizeWords(value) }))}
      />
      <h4 className={styles.heading}>{words('storage.automatic')}</h4>
      {downloadKinds.map((kind) => (
        <div key={kind} className={styles.automatic}>
          <p className={settings.label}>{words(`storage.${kind}`)}</p>
          <Chips<When>
            label={words(`storage.${kind}`)}
            chosen={choices.automatic[kind]}
            onChoose={(when) => void choose(({ automatic }) => ({ automatic: { ...automatic, [kind]: when } }))}
            options={whens.map((value) => ({ value, label: words(`storage.${value}`) }))}
          />
        </div>
      ))}
      <p className={settings.label}>{words('storage.saving')}</p>
    </div>
  );
}

interface Usage {
  /** Undefined if the browser does not report the total. */
  messages: number | undefined;
  files: number;
  waiting: number;
  isKept: boolean | undefined;
}

function useStorage(self: UserId) {
  const [storage, setStorage] = useState<{ usage: Usage; choices: FileChoices }>();
  const read = useCallback(() => readStorage(self).then(setStorage), [self]);
  useEffect(() => {
    // If the device cannot store anything, nothing is shown here; the app gives the reason elsewhere.
    read().catch(() => undefined);
  }, [read]);
  async function choose(change: Parameters<KeptFiles['choose']>[0]): Promise<void> {
    await keptFilesOf(self).choose(change);
    await read();
  }
  return { usage: storage?.usage, choices: storage?.choices, choose, read };
}

async function readStorage(self: UserId): Promise<{ usage: Usage; choices: FileChoices }> {
  const [kept, { seen, waiting }, choices, browser] = await Promise.all([
    keptFilesOf(self).usage(),
    filesOf(self).usage(),
    keptFilesOf(self).choices(),
    browserUsage(),
  ]);
  const files = kept.bytes + seen;
  const messages = browser === undefined ? undefined : Math.max(0, browser.used - files - waiting);
  return { usage: { messages, files, waiting, isKept: browser?.isKept }, choices };
}

/** Undefined outside secure contexts, in old browsers, and if the browser refuses to report it. */
async function browserUsage(): Promise<{ used: number; isKept: boolean } | undefined> {
  if (navigator.storage?.estimate === undefined) return undefined;
  try {
    const [{ usage = 0 }, isKept] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted()]);
    return { used: usage, isKept };
  } catch {
    return undefined;
  }
}
