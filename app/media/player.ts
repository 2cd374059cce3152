import { useSyncExternalStore } from 'react';
import type { ConversationId, MediaId, OpId } from '#protocol/ids.ts';
import { noteInUse } from '#app/ui/in-use.ts';
import { announcePlayed } from './has-played.ts';

/*
 * The player. It belongs to no view, so that it continues while somebody reads another chat; only one file plays at a time.
 */

/** A recording, and the message that carries it. */
export interface Track {
  id: MediaId;
  stream?: ConversationId;
  messageId?: OpId;
  /** The seq of the message; absent while it waits. */
  seq?: number | undefined;
  durationMs?: number | undefined;
  /** The address of the file. An address that was made for a blob is managed by the code that made it. */
  address: string;
}

export interface Playing {
  track: Track;
  isPlaying: boolean;
  atMs: number;
  /** Undefined until it is known. */
  durationMs: number | undefined;
  hasFailed: boolean;
}

const RATES = [1, 1.5, 2];

let audio: HTMLAudioElement | undefined;
let playing: Playing | undefined;
let rate = 1;
let findNext: ((track: Track) => Promise<Track | undefined>) | undefined;
const listeners = new Set<() => void>();
/** How many views on the page show each recording. */
const views = new Map<MediaId, number>();

function set(change: Partial<Playing>): void {
  if (playing === undefined) return;
  playing = { ...playing, ...change };
  notify();
}

function notify(): void {
  for (const listener of listeners) listener();
}

function open(): HTMLAudioElement {
  if (audio !== undefined) return audio;
  const element = new Audio();
  element.preload = 'auto';
  for (const event of ['play', 'pause'] as const)
    element.addEventListener(event, () => set({ isPlaying: !element.paused }));
  // For a recording without a duration the browser reports infinity, so the sender's measurement is used.
  element.addEventListener('durationchange', () => {
    if (Number.isFinite(element.duration)) set({ durationMs: element.duration * 1_000 });
  });
  for (const event of ['timeupdate', 'seeked'] as const)
    element.addEventListener(event, () => set({ atMs: element.currentTime * 1_000 }));
  element.addEventListener('timeupdate', () => element.paused || noteInUse());
  element.addEventListener('error', () => set({ isPlaying: false, hasFailed: true }));
  element.addEventListener('ended', () => void playNext());
  // When a film starts, everything else is paused.
  document.addEventListener('play', ({ target }) => target instanceof HTMLVideoElement && element.pause(), true);
  audio = element;
  return element;
}

async function playNext(): Promise<void> {
  const ended = playing?.track;
  set({ isPlaying: false, atMs: 0 });
  const next = ended === undefined ? undefined : await findNext?.(ended);
  // Somebody may have started another one meanwhile.
  if (next !== undefined && playing?.track === ended) start(next);
}

function start(track: Track, atMs = 0): void {
  const element = open();
  announcePlayed();
  playing = { track, isPlaying: true, atMs, durationMs: track.durationMs, hasFailed: false };
  element.src = track.address;
  element.playbackRate = rate;
  if (atMs > 0) element.currentTime = atMs / 1_000;
  play(element);
}

function play(element: HTMLAudioElement): void {
  set({ isPlaying: true, hasFailed: false });
  // It rejects if the file cannot be played, which its `error` event reports, or if another one has been started.
  element.play().catch(() => set({ isPlaying: !element.paused }));
}

export const player = {
  toggle(track: Track): void {
    if (playing?.track.id !== track.id) return start(track);
    const element = open();
    if (!element.paused) return element.pause();
    // A file that failed is fetched again.
    if (playing.hasFailed) return start(track, playing.atMs);
    return play(element);
  },
  pause(): void {
    audio?.pause();
  },
  /** The place to continue from, even in a recording that has not been started. */
  seek(track: Track, ms: number): void {
    if (playing?.track.id !== track.id) return start(track, ms);
    open().currentTime = ms / 1_000;
    set({ atMs: ms });
  },
  nextRate(): void {
    rate = RATES[(RATES.indexOf(rate) + 1) % RATES.length] ?? 1;
    if (audio !== undefined) audio.playbackRate = rate;
    notify();
  },
  /** Stops this recording, or any that plays. */
  stop(id?: MediaId): void {
    if (playing === undefined || (id !== undefined && playing.track.id !== id)) return;
    audio?.pause();
    playing = undefined;
    notify();
  },
  /** Sets the function that finds the next recording. Returns a function that removes it. */
  continueWith(next: (track: Track) => Promise<Track | undefined>): () => void {
    findNext = next;
    return () => {
      if (findNext === next) findNext = undefined;
    };
  },
};

/** A view shows this recording, until the returned function is called. */
export function noteView(id: MediaId): () => void {
  const add = (count: number) => {
    views.set(id, (views.get(id) ?? 0) + count);
    notify();
  };
  add(1);
  return () => add(-1);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The recording that was started last, while no view shows it. */
export function usePlayingElsewhere(): Playing | undefined {
  return useSyncExternalStore(listen, () =>
    playing !== undefined && (views.get(playing.track.id) ?? 0) === 0 ? playing : undefined,
  );
}

/** The recording with this id while it is the one that was started last. */
export function usePlayingOf(id: MediaId): Playing | undefined {
  return useSyncExternalStore(listen, () => (playing?.track.id === id ? playing : undefined));
}

export function useRate(): number {
  return useSyncExternalStore(listen, () => rate);
}
