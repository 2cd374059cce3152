import { Download, Pause, Play } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { sizeWords } from '#app/i18n/size-words.ts';
import { useWords } from '#app/i18n/words.ts';
import shapes from '#app/ui/Shapes.module.css';
import { classNames } from '#app/ui/class-names.ts';
import { isLocalFile } from '#app/ops/files.ts';
import type { UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { clock } from './clock.ts';
import type { FilePlace } from './file-place.ts';
import { noteView, player, usePlayingOf, useRate } from './player.ts';
import { useFileAddress } from './use-file-address.ts';
import { Waveform } from './Waveform.tsx';
import { loudnessOf } from './loudness.ts';
import attachment from './AttachmentView.module.css';
import styles from './SoundView.module.css';

interface SoundViewProps {
  file: Attachment;
  self: UserId;
  place: FilePlace;
  tabIndex: number;
}

/** A voice message, or another recording with its name, to listen to. It keeps playing when it is no longer shown. */
export function SoundView({ file, self, place, tabIndex }: SoundViewProps) {
  const words = useWords();
  const address = useFileAddress(self, file.mediaId);
  const playing = usePlayingOf(file.mediaId);
  const rate = useRate();
  const loudness = useMemo(() => loudnessOf(file.waveform), [file.waveform]);
  useEffect(() => noteView(file.mediaId), [file.mediaId]);
  const isPlaying = playing?.isPlaying === true;
  const hasFailed = playing?.hasFailed === true;
  const atMs = playing?.atMs ?? 0;
  const durationMs = playing?.durationMs ?? file.durationMs ?? 0;
  const isVoice = file.kind === 'voice';
  const track = { id: file.mediaId, ...place, durationMs: file.durationMs, address: address ?? '' };
  const what = isVoice ? words('chat.voice') : words('media.sound', { name: file.name });
  return (
    <div className={classNames(styles.sound, attachment.slim)} role="group" aria-label={what}>
      <button
        type="button"
        className={styles.play}
        aria-label={words(isPlaying ? 'media.pause' : 'media.play')}
        tabIndex={tabIndex}
        disabled={address === undefined}
        onClick={() => player.toggle(track)}
      >
        {isPlaying ? <Pause size={20} aria-hidden /> : <Play size={20} aria-hidden />}
      </button>
      <div className={styles.content}>
        {!isVoice && (
          <span className={shapes.oneLine} dir="auto" translate="no">
            {file.name}
          </span>
        )}
        <Waveform
          loudness={loudness}
          atMs={atMs}
          durationMs={durationMs}
          tabIndex={tabIndex}
          onSeek={(ms) => player.seek(track, ms)}
        />
        <div className={styles.line}>
          {hasFailed ? (
            <span role="alert">{words('media.unplayable')}</span>
          ) : (
            <span className={attachment.replaced}>{clock(atMs > 0 || isPlaying ? atMs : durationMs)}</span>
          )}
          {playing !== undefined && !hasFailed && (
            <button
              type="button"
              className={styles.rate}
              tabIndex={tabIndex}
              aria-label={words('media.rate', { rate })}
              title={words('media.rate', { rate })}
              onClick={player.nextRate}
            >
              {`${rate}×`}
            </button>
          )}
          {!isVoice && !isLocalFile(file.mediaId) && (
            <a
              className={styles.save}
              href={address}
              download={file.name}
              tabIndex={tabIndex}
              aria-label={words('media.save', { name: file.name, size: sizeWords(file.size) })}
              title={words('media.save', { name: file.name, size: sizeWords(file.size) })}
            >
              <Download size={16} aria-hidden />
            </a>
          )}
        </div>
      </div>
    </div>
  );
}
