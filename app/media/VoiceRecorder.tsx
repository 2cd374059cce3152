import { ArrowRight, Mic, Pause, Play, Trash2, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { Client } from '#app/sync/client.ts';
import { IconButton } from '#app/ui/Button.tsx';
import type { ConversationId } from '#protocol/ids.ts';
import { clock } from './clock.ts';
import { type Hold, releaseOf } from './hold.ts';
import { loudnessOf } from './loudness.ts';
import { useRecording } from './use-recording.ts';
import { Waveform } from './Waveform.tsx';
import { useRecordedPreview } from './use-recorded-preview.ts';
import styles from './VoiceRecorder.module.css';

interface VoiceRecorderProps {
  client: Client;
  stream: ConversationId;
  /** Whether somebody wants to record now; otherwise only an unfinished recording is offered. */
  isAsked: boolean;
  /** How the press that opened it has ended, if it was a press. */
  released: Promise<Hold> | undefined;
  onClose: () => void;
}

/** Replaces the field while a voice message is recorded: it can be paused, listened to, discarded and sent. */
export default function VoiceRecorder({ client, stream, isAsked, released, onClose }: VoiceRecorderProps) {
  const words = useWords();
  const recording = useRecording(client, stream, isAsked, onClose);
  const { phase, recorded, send, discard } = recording;
  const preview = useRecordedPreview(recorded);
  const primary = useRef<HTMLDivElement>(null);

  // The button that had the focus is covered, or disappears when the phase changes.
  useEffect(() => {
    if (phase !== 'asking' && phase !== 'unsent' && phase !== 'waiting')
      primary.current?.querySelector<HTMLElement>('[data-primary]')?.focus({ preventScroll: true });
  }, [phase]);
  const latest = useRef(recording);
  useEffect(() => {
    latest.current = recording;
  });
  useEffect(() => {
    let isOver = false;
    void released?.then((hold) => {
      const release = releaseOf(hold);
      // If the browser is still asking for the microphone, a press cannot have recorded anything.
      if (isOver || latest.current.phase !== 'recording') return;
      if (release === 'send') void latest.current.send();
      if (release === 'discard') latest.current.discard();
    });
    return () => {
      isOver = true;
    };
  }, [released]);

  if (phase === 'waiting') return null;
  if (phase === 'refused' || phase === 'absent' || phase === 'full')
    return (
      <div ref={primary} className={styles.recorder} role="alert">
        <p className={styles.problem}>{words(`voice.${phase}`)}</p>
        <IconButton label={words('media.close')} data-primary onClick={phase === 'full' ? recording.keep : discard}>
          <X size={20} aria-hidden />
        </IconButton>
      </div>
    );
  return (
    <div ref={primary} className={styles.recorder} role="group" aria-label={words('chat.voice')}>
      <IconButton label={words('voice.discard')} onClick={discard}>
        <Trash2 size={20} aria-hidden />
      </IconButton>
      {recorded === undefined ? (
        <>
          <p role="status" className={styles.live}>
            <span className={styles.dot} aria-hidden />
            <span>{words(phase === 'asking' ? 'voice.asking' : 'voice.recording')}</span>
          </p>
          <Levels levels={recording.levels} />
          <span className={styles.time}>{clock(recording.elapsedMs)}</span>
          <IconButton
            label={words('voice.pause')}
            data-primary
            disabled={phase === 'asking'}
            onClick={() => void recording.pause()}
          >
            <Pause size={20} aria-hidden />
          </IconButton>
        </>
      ) : (
        <>
          {phase === 'unsent' && (
            <p role="status" className={styles.unsent} data-above-field>
              {words('voice.unsent')}
            </p>
          )}
          <IconButton
            label={words(preview.isPlaying ? 'media.pause' : 'voice.listen')}
            data-primary
            onClick={preview.toggle}
          >
            {preview.isPlaying ? <Pause size={20} aria-hidden /> : <Play size={20} aria-hidden />}
          </IconButton>
          <Waveform
            loudness={loudnessOf(recorded.waveform)}
            atMs={preview.atMs}
            durationMs={recorded.durationMs}
            onSeek={preview.seek}
          />
          <span className={styles.time}>{clock(preview.atMs > 0 ? preview.atMs : recorded.durationMs)}</span>
          {recording.resume !== undefined && (
            <IconButton label={words('voice.resume')} onClick={recording.resume}>
              <Mic size={20} aria-hidden />
            </IconButton>
          )}
        </>
      )}
      <IconButton label={words('voice.send')} look="solid" disabled={phase === 'asking'} onClick={() => void send()}>
        <ArrowRight size={20} aria-hidden />
      </IconButton>
    </div>
  );
}

const SHOWN_LEVELS = 40;
/** Speech is much quieter than the loudest sound that a microphone can report. */
const LEVEL_SCALE = 5;

/** The last seconds, with the newest at the end. */
function Levels({ levels }: { levels: readonly number[] }) {
  const path = Array.from({ length: SHOWN_LEVELS }, (_, at) => {
    const level = levels[levels.length - SHOWN_LEVELS + at] ?? 0;
    const half = Math.max(0.06, Math.min(0.9, level * LEVEL_SCALE));
    return `M${at + 0.5} ${(1 - half).toFixed(2)}V${(1 + half).toFixed(2)}`;
  }).join('');
  return (
    <svg className={styles.levels} viewBox={`0 0 ${SHOWN_LEVELS} 2`} preserveAspectRatio="none" aria-hidden>
      <path d={path} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
