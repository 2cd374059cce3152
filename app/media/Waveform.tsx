import { useMemo, type KeyboardEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { takeKey } from '#app/ui/keys.ts';
import { clock } from './clock.ts';
import styles from './Waveform.module.css';

interface WaveformProps {
  /** From 0 to 1 each; a flat line if there is none. */
  loudness: readonly number[];
  atMs: number;
  durationMs: number;
  tabIndex?: number;
  onSeek: (ms: number) => void;
}

const STEP_MS = 5_000;

/** The waveform of a recording, with a slider to move within it. */
export function Waveform({ loudness, atMs, durationMs, tabIndex = 0, onSeek }: WaveformProps) {
  const words = useWords();
  const parts = loudness.length === 0 ? 48 : loudness.length;
  const path = useMemo(() => pathOf(loudness), [loudness]);
  const played = durationMs === 0 ? 0 : Math.min(100, (100 * atMs) / durationMs);
  const keyDown = (event: KeyboardEvent) => {
    // The message list has keys of its own.
    if (!/^(?:Arrow|Home|End|Page)/.test(event.key)) return;
    event.stopPropagation();
    if (!event.key.startsWith('Arrow')) return;
    // With `step="any"` a key would move by a hundredth of the recording.
    event.preventDefault();
    const direction = event.key === 'ArrowRight' || event.key === 'ArrowUp' ? 1 : -1;
    onSeek(Math.min(durationMs, Math.max(0, atMs + direction * STEP_MS)));
  };
  return (
    <div className={styles.waveform} dir="ltr">
      <svg viewBox={`0 0 ${parts} 2`} preserveAspectRatio="none" aria-hidden className={styles.rest}>
        <path d={path} vectorEffect="non-scaling-stroke" />
      </svg>
      <svg
        viewBox={`0 0 ${parts} 2`}
        preserveAspectRatio="none"
        aria-hidden
        style={{ clipPath: `inset(0 ${100 - played}% 0 0)` }}
      >
        <path d={path} vectorEffect="non-scaling-stroke" />
      </svg>
      <input
        type="range"
        min={0}
        max={Math.max(1, durationMs)}
        step="any"
        value={atMs}
        tabIndex={tabIndex}
        aria-label={words('media.position')}
        aria-valuetext={words('media.positionOf', { at: clock(atMs), duration: clock(durationMs) })}
        onChange={({ target }) => onSeek(Number(target.value))}
        onKeyDown={(event) => takeKey(event, keyDown)}
        onPointerDown={(event) => event.stopPropagation()}
      />
    </div>
  );
}

/** A line for each part, from the middle up and down. */
function pathOf(loudness: readonly number[]): string {
  const levels = loudness.length === 0 ? Array.from({ length: 48 }, () => 0) : loudness;
  return levels
    .map((level, at) => {
      const half = Math.max(0.06, 0.9 * level);
      return `M${at + 0.5} ${(1 - half).toFixed(2)}V${(1 + half).toFixed(2)}`;
    })
    .join('');
}
