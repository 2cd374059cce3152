import { Pause, Play, X } from 'lucide-react';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { messagePath } from '#app/links/paths.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { MEDIA_PATH } from '#protocol/version.ts';
import { clock } from './clock.ts';
import { nextVoice } from './next-voice.ts';
import { player, type Track, usePlayingElsewhere } from './player.ts';
import styles from './NowPlaying.module.css';

/** The next voice message is searched for among this many messages. */
const LOOKED_THROUGH = 100;

/**
 * The recording that plays while its message is not on the screen, with a link back to it. A voice message is followed by the
 * next one of its chat.
 */
export default function NowPlaying({ store }: { store: ViewStore }) {
  const words = useWords();
  const playing = usePlayingElsewhere();
  useEffect(() => player.continueWith((ended) => trackAfter(store, ended)), [store]);
  // The next person on this device must not hear it.
  useEffect(() => () => player.stop(), []);
  if (playing === undefined) return null;
  const { track, isPlaying, atMs, durationMs } = playing;
  const time = durationMs === undefined ? clock(atMs) : `${clock(atMs)} / ${clock(durationMs)}`;
  return (
    <div className={styles.playing} role="group" aria-label={words('media.playing')}>
      <IconButton label={words(isPlaying ? 'media.pause' : 'media.play')} onClick={() => player.toggle(track)}>
        {isPlaying ? <Pause size={20} aria-hidden /> : <Play size={20} aria-hidden />}
      </IconButton>
      {track.stream !== undefined && track.messageId !== undefined ? (
        <Link href={messagePath(track.stream, track.messageId)} className={styles.link}>
          {words('media.showInChat')}
        </Link>
      ) : (
        <span className={styles.link}>{words('media.playing')}</span>
      )}
      <span className={styles.time}>{time}</span>
      <IconButton label={words('media.stop')} onClick={() => player.stop()}>
        <X size={19} aria-hidden />
      </IconButton>
    </div>
  );
}

async function trackAfter(store: ViewStore, { stream, seq }: Track): Promise<Track | undefined> {
  if (stream === undefined || seq === undefined) return undefined;
  const following = await store.messages(stream, { fromSeq: seq + 1, toSeq: seq + LOOKED_THROUGH });
  const next = nextVoice(following);
  if (next === undefined) return undefined;
  const { file, message } = next;
  const address = `${MEDIA_PATH}/${file.mediaId}`;
  return { id: file.mediaId, stream, messageId: message.id, seq: message.seq, durationMs: file.durationMs, address };
}
