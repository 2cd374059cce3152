import { useEffect, useMemo } from 'react';
import type { MediaId } from '#protocol/ids.ts';
import { noteView, player, usePlayingOf } from './player.ts';
import type { Recorded } from './recording.ts';

const PREVIEW = 'preview' as MediaId;

/** Plays a recording before it is sent. It stops when another recording starts or the view is closed. */
export function useRecordedPreview(recorded: Recorded | undefined) {
  const playing = usePlayingOf(PREVIEW);
  const file = recorded?.file;
  const address = useMemo(() => (file === undefined ? '' : URL.createObjectURL(file)), [file]);
  useEffect(() => {
    const endView = noteView(PREVIEW);
    return () => {
      player.stop(PREVIEW);
      endView();
      URL.revokeObjectURL(address);
    };
  }, [address]);
  const track = { id: PREVIEW, durationMs: recorded?.durationMs, address };
  return {
    isPlaying: playing?.isPlaying === true,
    atMs: playing?.atMs ?? 0,
    toggle: () => player.toggle(track),
    seek: (ms: number) => player.seek(track, ms),
  };
}
