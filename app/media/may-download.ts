import type { DownloadKind, FileChoices } from '#app/local-store/file-choices.ts';
import type { Attachment, AttachmentKind } from '#protocol/record.ts';

/** What the browser knows about the link: `saving` if the person has asked it to save data. */
export type LinkCost = 'free' | 'metered' | 'saving';

/** Larger ones are fetched only when somebody opens them. */
const LARGEST = 50_000_000;

const kindOf: Record<AttachmentKind, DownloadKind> = {
  image: 'image',
  voice: 'sound',
  audio: 'sound',
  video: 'video',
  document: 'document',
};

/** Whether a file may be fetched before anybody opens it. Saving data takes precedence over the setting. */
export function mayDownload(
  { kind, size }: Pick<Attachment, 'kind' | 'size'>,
  link: LinkCost,
  { automatic }: FileChoices,
) {
  const when = automatic[kindOf[kind]];
  return link !== 'saving' && size <= LARGEST && (when === 'always' || (when === 'unmetered' && link === 'free'));
}

interface Connection {
  saveData?: boolean;
  type?: string;
  /** How fast the link has been recently. */
  effectiveType?: string;
}

/** Browsers that report nothing are assumed to be on an unmetered link. */
export function linkCost({ saveData, type }: Connection = connection()): LinkCost {
  if (saveData === true) return 'saving';
  return type === 'cellular' ? 'metered' : 'free';
}

/** Whether things that somebody may open may be fetched in advance: only over a link that is not slow and costs nothing. */
export function isCheapToFetch(link: Connection = connection()): boolean {
  return linkCost(link) === 'free' && (link.effectiveType ?? '4g') === '4g';
}

function connection(): Connection {
  return (navigator as { connection?: Connection }).connection ?? {};
}
