import { useCallback, useEffect, useRef, useState } from 'react';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { keptRecordings } from './kept-recordings.ts';
import { player } from './player.ts';
import { queueFiles } from './queue-files.ts';
import { type Recorded, type Recording, startRecording } from './recording.ts';

type Phase =
  | 'asking'
  | 'recording'
  | 'recorded'
  /** The microphone may not be used. */
  | 'refused'
  /** There is no microphone, or it is in use. */
  | 'absent'
  /** The device could not store the recording. */
  | 'full';

const REDRAWN_MS = 100;
/** Nothing can be heard in less, which is a slip of the finger. */
const SHORTEST_MS = 400;

/**
 * Starts to record, unless this chat has a recording that was neither sent nor discarded. When the view ends before it is sent or
 * discarded, because another chat is opened, it is kept.
 */
export function useRecording(client: Client, stream: ConversationId, onClose: () => void) {
  const [recorded, setRecorded] = useState<Recorded | undefined>(() => keptRecordings(client).get(stream));
  const [phase, setPhase] = useState<Phase>(recorded === undefined ? 'asking' : 'recorded');
  const [recording, setRecording] = useState<Recording>();
  const [heard, setHeard] = useState<{ elapsedMs: number; levels: readonly number[] }>({ elapsedMs: 0, levels: [] });
  const isDone = useRef(false);

  const finish = useCallback((made: Recorded) => {
    if (isDone.current) return;
    setRecorded(made);
    setPhase('recorded');
  }, []);

  useEffect(() => {
    isDone.current = false;
    if (keptRecordings(client).has(stream)) return undefined;
    let isOver = false;
    let running: Recording | undefined;
    player.pause();
    startRecording((made) => finish(made)).then(
      (started) => {
        if (isOver) return started.close();
        running = started;
        setRecording(started);
        return setPhase('recording');
      },
      (error: unknown) => {
        if (isOver) return;
        const isRefused = error instanceof DOMException && /NotAllowed|Security/.test(error.name);
        setPhase(isRefused ? 'refused' : 'absent');
      },
    );
    const drawing = setInterval(() => {
      if (running !== undefined) setHeard({ elapsedMs: running.elapsedMs, levels: running.levels.slice(-40) });
    }, REDRAWN_MS);
    return () => {
      isOver = true;
      clearInterval(drawing);
      if (running !== undefined) void end(running);
    };

    async function end(left: Recording): Promise<void> {
      if (!isDone.current && left.elapsedMs >= SHORTEST_MS) keptRecordings(client).set(stream, await left.pause());
      left.close();
    }
  }, [client, stream, finish]);

  function close(): void {
    isDone.current = true;
    keptRecordings(client).delete(stream);
    onClose();
  }

  async function pause(): Promise<Recorded | undefined> {
    const made = await recording?.pause();
    if (made !== undefined) finish(made);
    return made;
  }

  return {
    phase,
    recorded,
    ...heard,
    pause,
    /** Absent where the microphone has been released. */
    resume:
      recording?.canResume() === true
        ? () => {
            setRecorded(undefined);
            setPhase('recording');
            recording.resume();
          }
        : undefined,
    discard: close,
    /** The recording could not be stored; it is still here. */
    keep: () => setPhase('recorded'),
    async send() {
      const made = recorded ?? (await pause());
      if (made === undefined || made.durationMs < SHORTEST_MS || isDone.current) return;
      isDone.current = true;
      const { file, durationMs, waveform } = made;
      try {
        await queueFiles(client, stream, [{ file, kind: 'voice', facts: { durationMs, waveform } }], '');
      } catch {
        isDone.current = false;
        return setPhase('full');
      }
      close();
    },
  };
}
