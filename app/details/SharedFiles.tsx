import { ChevronDown, MessageSquareText } from 'lucide-react';
import { memo, useId, useState } from 'react';
import { Link } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { messagePath } from '#app/links/paths.ts';
import AttachmentView from '#app/media/AttachmentView.tsx';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { Chips } from '#app/ui/Chips.tsx';
import { classNames } from '#app/ui/class-names.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { KeepOffline } from './KeepOffline.tsx';
import { type SharedSoFar, useSharedFiles } from './use-shared-files.ts';
import details from './Details.module.css';
import styles from './SharedFiles.module.css';

interface SharedFilesProps {
  client: Client;
  stream: ConversationId;
}

/** The chat's media, files and links. They are searched for only when somebody opens them. */
export const SharedFiles = memo(function SharedFiles({ client, stream }: SharedFilesProps) {
  const words = useWords();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <section className={details.section} aria-label={words('shared.title')}>
      <h3 className={details.heading}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
        >
          <span>{words('shared.title')}</span>
          <ChevronDown size={18} aria-hidden className={classNames(styles.arrow, isOpen && styles.turned)} />
        </button>
      </h3>
      <div id={id}>{isOpen && <Opened client={client} stream={stream} />}</div>
    </section>
  );
});

type Kind = 'media' | 'files' | 'links';

function Opened({ client, stream }: SharedFilesProps) {
  const words = useWords();
  const { shared, state, lookFurther } = useSharedFiles(client, stream);
  const [kind, setKind] = useState<Kind>('media');
  if (shared === undefined) return null;
  const counts = { media: shared.seen.length, files: shared.files.length, links: shared.links.length };
  return (
    <div className={styles.opened}>
      <KeepOffline client={client} stream={stream} />
      <Chips<Kind>
        label={words('shared.title')}
        chosen={kind}
        onChoose={setKind}
        options={(['media', 'files', 'links'] as const).map((value) => ({
          value,
          label: words(`shared.${value}`, { count: counts[value] }),
        }))}
      />
      {counts[kind] === 0 ? (
        <p className={details.note}>{words('shared.none')}</p>
      ) : (
        <Entries shared={shared} kind={kind} client={client} stream={stream} />
      )}
      {shared.before !== 'none' && (
        <div className={styles.before}>
          <p className={details.note} role="status">
            {words(
              state === 'failed' ? 'shared.failed' : shared.before === 'here' ? 'shared.earlier' : 'shared.onServer',
            )}
          </p>
          <Button look="link" disabled={state === 'loading'} onClick={() => void lookFurther()}>
            {words('shared.further')}
          </Button>
        </div>
      )}
    </div>
  );
}

function Entries({ shared, kind, client, stream }: SharedFilesProps & { shared: SharedSoFar; kind: Kind }) {
  switch (kind) {
    case 'media':
      return (
        <ul className={styles.grid}>
          {shared.seen.map(({ file, messageId, seq }) => (
            <li key={`${messageId} ${file.mediaId}`} className={styles.square}>
              <AttachmentView file={file} self={client.userId} place={{ stream, messageId, seq }} isTabStop />
            </li>
          ))}
        </ul>
      );
    case 'files':
      return (
        <ul className={styles.list}>
          {shared.files.map(({ file, messageId, seq }) => (
            <li key={`${messageId} ${file.mediaId}`} className={styles.entry}>
              <div className={styles.file}>
                <AttachmentView file={file} self={client.userId} place={{ stream, messageId, seq }} isTabStop />
              </div>
              <ToMessage stream={stream} id={messageId} />
            </li>
          ))}
        </ul>
      );
    case 'links':
      return (
        <ul className={styles.list}>
          {shared.links.map(({ text, href, messageId }) => (
            <li key={href} className={styles.entry}>
              <a className={styles.link} dir="ltr" href={href} target="_blank" rel="noopener noreferrer nofollow">
                {text}
              </a>
              <ToMessage stream={stream} id={messageId} />
            </li>
          ))}
        </ul>
      );
  }
}

function ToMessage({ stream, id }: { stream: ConversationId; id: OpId }) {
  const words = useWords();
  const label = words('media.showInChat');
  return (
    <Link href={messagePath(stream, id)} className={styles.toMessage} aria-label={label} title={label}>
      <MessageSquareText size={18} aria-hidden />
    </Link>
  );
}
