import { futureTime, monthWords } from '#app/i18n/instants.ts';
import { peopleWords } from '#app/i18n/people-words.ts';
import { presenceWords } from '#app/i18n/presence-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { ConversationRow, ViewStore } from '#app/local-store/local-store.ts';
import { FOREVER } from '#app/ops/own.ts';
import { isOnServer } from '#app/shown/conversation.ts';
import { isMuted } from '#app/shown/mute.ts';
import { colourId } from '#app/shown/name.ts';
import { useAppSelector } from '#app/state/store.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { directPeer, isDirect, type UserId } from '#protocol/ids.ts';
import { AboutPerson } from './AboutPerson.tsx';
import styles from './Details.module.css';

interface DetailsHeadProps {
  store: ViewStore;
  row: Pick<ConversationRow, 'stream' | 'record' | 'membership'>;
  self: UserId;
  name: string;
  memberCount: number;
  hasLeft: boolean;
  now: Date;
}

/** The chat's picture and name, the number of members or the peer's presence, and how long it is muted. */
export function DetailsHead({ store, row, self, name, memberCount, hasLeft, now }: DetailsHeadProps) {
  const words = useWords();
  const presence = useAppSelector((state) => state.presence.people);
  const { stream, record, membership } = row;
  const mutedUntil = membership?.mutedUntil;

  function line(): string {
    // A person who has left sees only a sentence that says so.
    if (hasLeft) return '';
    if (isDirect(stream)) {
      const peer = directPeer(stream, self);
      return peer === self ? '' : presenceWords(presence[peer], now, words);
    }
    return record === undefined || !isOnServer(row)
      ? peopleWords({ count: memberCount, hasLeft }, words)
      : words('details.since', { count: memberCount, time: monthWords(new Date(record.createdAt), now) });
  }

  const said = line();
  return (
    <div className={styles.head}>
      <Avatar id={colourId(stream, self)} name={name} shape={isDirect(stream) ? 'round' : 'square'} size={88} />
      <p className={styles.name} dir="auto" translate="no">
        {name}
      </p>
      {said !== '' && <p className={styles.line}>{said}</p>}
      {isDirect(stream) && <AboutPerson store={store} person={directPeer(stream, self)} />}
      {isMuted(membership, now) && (
        <p className={styles.line}>
          {mutedUntil === undefined || mutedUntil === FOREVER
            ? words('details.muted')
            : words('details.mutedUntil', { time: futureTime(new Date(mutedUntil), now) })}
        </p>
      )}
    </div>
  );
}
