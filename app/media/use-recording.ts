import { useCallback, useEffect, useRef, useState } from 'react';
import { endRecording, keepSound, keptRecording } from '#app/local-store/unsent-recordings.ts';
import type { Client } from '#app/sync/client.ts';
import { noteInUse } from '#app/ui/in-use.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { player } from './player.ts';
import { queueFiles } from './queue-files.ts';
import { type Recorded, type Recording, recordedOf, startRecording } from './recording.ts';
import { useFiles } from './use-files.ts';

type Phase =
  /** Another tab records in this chat. */
  | 'waiting'
  | 'asking'
  | 'recording'
  | 'recorded'
  /** It was neither sent nor discarded when the page or the chat was closed. */
  | 'unsent'
  /** The permission for the microphone is missing. */
  | 'refused'
  /** There is no microphone, or it is in use. */
  | 'absent'
  /** The device could not store the recording. */
  | 'full';

const REDRAWN_MS = 100;
/** A shorter recording contains nothing and was started by accident. */
const SHORTEST_MS = 400;

/**
 * Starts to record if somebody asked for it, unless this chat has a recording that was neither sent nor discarded. It is stored
 * on the device while it continues, so it is offered again after a reload or a crash, or after another chat was open. One tab at
 * a time has the recording of a chat.
 */
export function useRecording(client: Client, stream: ConversationId, isAsked: boolean, onClose: () => void) {
  const files = useFiles(client.userId);
  const [recorded, setRecorded] = useState<Recorded>();
  const [phase, setPhase] = useState<Phase>(isAsked ? 'asking' : 'waiting');
  const [recording, setRecording] = useState<Recording>();
  const [heard, setHeard] = useState<{ elapsedMs: number; levels: readonly number[] }>({ elapsedMs: 0, levels: [] });
  const isDone = useRef(false);
  const writing = useRef(Promise.resolve());
  const latestClose = useRef(onClose);
  useEffect(() => {
    latestClose.current = onClose;
  });

  const finish = useCallback((made: Recorded) => {
    if (isDone.current) return;
    setRecorded(made);
    setPhase('recorded');
  }, []);

  useEffect(() => {
    const closing = new AbortController();
    const closed = new Promise<void>((resolve) => closing.signal.addEventListener('abort', () => resolve()));
    isDone.current = false;
    let drawing: ReturnType<typeof setInterval> | undefined;

    async function open(isMine: boolean): Promise<void> {
      // If the device cannot read it, the app says so elsewhere.
      const kept = isMine ? await keptRecording(files, stream).catch(() => undefined) : undefined;
      if (closing.signal.aborted) return undefined;
      if (kept !== undefined) {
        setRecorded(recordedOf(kept.pieces, kept));
        setPhase('unsent');
        return closed;
      }
      return isAsked ? record(isMine) : latestClose.current();
    }

    async function record(isMine: boolean): Promise<void> {
      setPhase('asking');
      player.pause();
      const onPiece: Parameters<typeof startRecording>[1] = (piece, facts) => {
        if (!isMine) return;
        // A part that does not fit on the device is kept as long as the chat is open.
        writing.current = writing.current
          .then(() => (isDone.current ? undefined : keepSound(files, stream, piece, facts)))
          .catch(() => undefined);
      };
      let running: Recording;
      try {
        running = await startRecording((made) => finish(made), onPiece);
      } catch (error) {
        const isRefused = error instanceof DOMException && /NotAllowed|Security/.test(error.name);
        if (!closing.signal.aborted) setPhase(isRefused ? 'refused' : 'absent');
        return;
      }
      if (closing.signal.aborted) return running.close();
      setRecording(running);
      setPhase('recording');
      let before = 0;
      drawing = setInterval(() => {
        const { elapsedMs, levels } = running;
        if (elapsedMs > before) noteInUse();
        before = elapsedMs;
        setHeard({ elapsedMs, levels: levels.slice(-40) });
      }, REDRAWN_MS);
      await closed;
      if (!isDone.current) await running.pause();
      running.close();
      await writing.current;
      if (isMine && running.elapsedMs < SHORTEST_MS) await endRecording(files, stream).catch(() => undefined);
    }

    const name = `teamlink-recording-${client.userId}-${stream}`;
    const options = isAsked ? { ifAvailable: true } : { signal: closing.signal };
    // Rejects only when the chat is left while another tab records in it.
    navigator.locks.request(name, options, (lock) => open(lock !== null)).catch(() => undefined);
    return () => {
      closing.abort();
      clearInterval(drawing);
    };
  }, [client, files, stream, isAsked, finish]);

  async function close(): Promise<void> {
    isDone.current = true;
    onClose();
    await writing.current;
    await endRecording(files, stream).catch(() => undefined);
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
    /** Absent if the microphone has been released. */
    resume:
      recording?.canResume() === true
        ? () => {
            setRecorded(undefined);
            setPhase('recording');
            recording.resume();
          }
        : undefined,
    discard: () => void close(),
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
      await close();
    },
  };
}
