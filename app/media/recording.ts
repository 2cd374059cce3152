import type { RecordingFacts } from '#app/local-store/unsent-recordings.ts';
import { waveformOf } from './loudness.ts';

/** What was recorded so far. */
export interface Recorded {
  file: File;
  durationMs: number;
  waveform: string;
}

export interface Recording {
  readonly elapsedMs: number;
  /** Loudness from 0 to 1, every `LEVEL_MS`. */
  readonly levels: readonly number[];
  /** Resolves to the recording so far, to be listened to or sent. */
  pause(): Promise<Recorded>;
  resume(): void;
  /** False once the microphone is gone. */
  canResume(): boolean;
  /** Releases the microphone. */
  close(): void;
}

const LEVEL_MS = 100;
/** How much of a recording a crash can lose. */
const PIECE_MS = 1_000;
/** Enough for a voice, and little for a slow link: 4 kB a second. */
const BITS_PER_SECOND = 32_000;
/** The first one that the browser can record; all browsers play the first. */
const TYPES = ['audio/mp4;codecs=mp4a.40.2', 'audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];

/**
 * Asks for the microphone and records at once. Rejects with the browser's error if it is refused or absent. `onLost`: the
 * microphone was unplugged, or the system took it away. `onPiece` gets the sound since the last piece, about every second and at
 * each pause, with the facts about the whole recording.
 */
export async function startRecording(
  onLost: (made: Recorded) => void,
  onPiece: (piece: Blob, facts: RecordingFacts) => void,
): Promise<Recording> {
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  const type = TYPES.find((each) => MediaRecorder.isTypeSupported(each));
  const recorder = new MediaRecorder(microphone, {
    audioBitsPerSecond: BITS_PER_SECOND,
    ...(type === undefined ? {} : { mimeType: type }),
  });
  const pieces: Blob[] = [];
  let [asked, arrived] = [0, 0];
  const ask = () => {
    asked += 1;
    recorder.requestData();
  };
  const meter = openMeter(microphone);
  const levels: number[] = [];
  let measuredMs = 0;
  let since = performance.now();
  const isRunning = () => recorder.state === 'recording';
  const elapsedMs = () => measuredMs + (isRunning() ? performance.now() - since : 0);
  const measuring = setInterval(() => {
    if (isRunning()) levels.push(meter.level());
  }, LEVEL_MS);
  const asking = setInterval(() => {
    if (isRunning()) ask();
  }, PIECE_MS);
  const facts = (): RecordingFacts => ({
    mime: recorder.mimeType.split(';')[0] ?? '',
    durationMs: Math.round(elapsedMs()),
    waveform: waveformOf(levels),
  });
  recorder.addEventListener('dataavailable', ({ data }) => {
    arrived += 1;
    pieces.push(data);
    onPiece(data, facts());
  });
  recorder.start();

  const recording: Recording = {
    get elapsedMs() {
      return elapsedMs();
    },
    levels,
    async pause() {
      measuredMs = elapsedMs();
      if (recorder.state !== 'inactive') {
        if (recorder.state === 'recording') recorder.pause();
        ask();
        const upTo = asked;
        await new Promise<void>((resolve) => {
          recorder.addEventListener('dataavailable', function look() {
            if (arrived < upTo) return;
            recorder.removeEventListener('dataavailable', look);
            resolve();
          });
        });
      }
      return recordedOf(pieces, { ...facts(), durationMs: Math.round(measuredMs) });
    },
    resume() {
      since = performance.now();
      recorder.resume();
    },
    canResume: () => recorder.state !== 'inactive',
    close() {
      clearInterval(measuring);
      clearInterval(asking);
      meter.close();
      if (recorder.state !== 'inactive') recorder.stop();
      for (const track of microphone.getTracks()) track.stop();
    },
  };
  for (const track of microphone.getTracks())
    track.addEventListener('ended', () => void recording.pause().then(onLost));
  return recording;
}

/** The recording as a file, made of its pieces in order. */
export function recordedOf(pieces: Blob[], { mime, durationMs, waveform }: RecordingFacts): Recorded {
  const name = `voice.${mime === 'audio/mp4' ? 'm4a' : (mime.split('/')[1] ?? 'bin')}`;
  return { file: new File(pieces, name, { type: mime }), durationMs, waveform };
}

function openMeter(microphone: MediaStream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(microphone).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level(): number {
      analyser.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    },
    close: () => void context.close(),
  };
}
