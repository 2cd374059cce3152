import { Archive, ArchiveRestore, Bell, BellOff, Pin, PinOff, UserPlus } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import { mutedUntil, updateMembership, type MuteFor } from '#app/ops/own.ts';
import { isMuted } from '#app/shown/mute.ts';
import type { Outbox } from '#app/sync/client.ts';
import { MenuButton } from '#app/ui/MenuButton.tsx';
import { correctedNow } from '#app/ui/server-clock.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { isArchived } from '#protocol/policies.ts';
import type { MembershipRecord } from '#protocol/record.ts';
import styles from './Details.module.css';

interface OwnChoicesProps {
  stream: ConversationId;
  membership: MembershipRecord | undefined;
  /** The newest message that this device knows of. */
  lastSeq: number;
  outbox: Outbox;
  now: Date;
  onAdd: (() => void) | undefined;
}

/** Mute, pin and archive: settings of the user, the same on all their devices, and invisible to everybody else. [OP16] [RC4] */
export function OwnChoices({ stream, membership, lastSeq, outbox, now, onAdd }: OwnChoicesProps) {
  const words = useWords();
  const change = (next: Parameters<typeof updateMembership>[1]) => void outbox.queue(updateMembership(stream, next));
  const isPinned = membership?.pinnedAt !== undefined;
  const isPutAway = isArchived(membership, lastSeq, isMuted(membership, now));
  const mute = (label: string, choice: MuteFor) => ({
    label,
    run: () => change({ mutedUntil: mutedUntil(choice, correctedNow()) }),
  });
  const muteAndPin = (
    <>
      {isMuted(membership, now) ? (
        <button type="button" className={styles.tile} onClick={() => change({ mutedUntil: null })}>
          <Bell size={20} aria-hidden />
          <span>{words('details.unmute')}</span>
        </button>
      ) : (
        <MenuButton
          label={words('details.mute')}
          className={styles.tile}
          actions={[
            mute(words('details.muteHour'), 'hour'),
            mute(words('details.muteEight'), 'eight-hours'),
            mute(words('details.muteForever'), 'forever'),
          ]}
        >
          <BellOff size={20} aria-hidden />
          <span>{words('details.mute')}</span>
        </MenuButton>
      )}
      <button type="button" className={styles.tile} onClick={() => change({ pinned: !isPinned })}>
        {isPinned ? <PinOff size={20} aria-hidden /> : <Pin size={20} aria-hidden />}
        <span>{words(isPinned ? 'details.unpin' : 'details.pin')}</span>
      </button>
    </>
  );
  const archive = (
    <button
      type="button"
      className={styles.tile}
      onClick={() => change(isPutAway ? { archived: false } : { archived: true, archivedSeq: lastSeq })}
    >
      {isPutAway ? <ArchiveRestore size={20} aria-hidden /> : <Archive size={20} aria-hidden />}
      <span>{words(isPutAway ? 'details.unarchive' : 'details.archive')}</span>
    </button>
  );
  if (onAdd === undefined)
    return (
      <div className={styles.tiles}>
        {muteAndPin}
        {archive}
      </div>
    );
  return (
    <div className={styles.tiles}>
      <div className={styles.pair}>{muteAndPin}</div>
      <div className={styles.pair}>
        {archive}
        <button type="button" className={styles.tile} onClick={onAdd}>
          <UserPlus size={20} aria-hidden />
          <span>{words('details.add')}</span>
        </button>
      </div>
    </div>
  );
}
