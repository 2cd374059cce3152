import type { ConversationRow, LocalStore } from '#app/local-store/local-store.ts';
import type { Pictures } from '#app/ui/pictures.ts';
import type { Person } from '#protocol/http.ts';
import { type MediaId, type StreamId, isDirect } from '#protocol/ids.ts';

/** The rows that have the ids of people's pictures. */
export type PicturesStore = Pick<
  LocalStore,
  'userId' | 'people' | 'knownPeople' | 'conversationsAfter' | 'conversationsOf' | 'onListChange'
>;

const PAGE = 200;
/** How many pictures that are no longer shown are kept for the next screen. */
const MOST_KEPT = 300;

export interface PeoplePictures extends Pictures {
  /** The network is back: pictures that could not be fetched are requested again. */
  retry(): void;
  close(): void;
}

/**
 * Which picture each person and group has, from the rows of this device, and the pictures of those that are on the screen.
 * @param load from this device, or from the server; undefined if neither has it now
 */
export function createPeoplePictures(
  store: PicturesStore,
  load: (id: MediaId) => Promise<Blob | undefined>,
  onFailure: (error: unknown) => void,
): PeoplePictures {
  const wanted = new Map<string, MediaId>();
  const shown = new Map<string, { picture: MediaId; address: string }>();
  const listeners = new Map<string, Set<() => void>>();

  function note(id: string, picture: string | undefined): void {
    if (wanted.get(id) === picture) return;
    if (picture === undefined) wanted.delete(id);
    else wanted.set(id, picture as MediaId);
    if (listeners.has(id)) void show(id);
  }

  async function show(id: string): Promise<void> {
    const picture = wanted.get(id);
    if (shown.get(id)?.picture === picture) return;
    const content = picture === undefined ? undefined : await load(picture);
    if (wanted.get(id) !== picture || shown.get(id)?.picture === picture) return;
    if (picture !== undefined && content === undefined) return;
    drop(id);
    if (picture !== undefined && content !== undefined)
      shown.set(id, { picture, address: URL.createObjectURL(content) });
    for (const listener of listeners.get(id) ?? []) listener();
    for (const other of shown.keys()) {
      if (shown.size <= MOST_KEPT) break;
      if (!listeners.has(other)) drop(other);
    }
  }

  function drop(id: string): void {
    const held = shown.get(id);
    if (held !== undefined) URL.revokeObjectURL(held.address);
    shown.delete(id);
  }

  const notePeople = (people: Iterable<Person>) => {
    for (const { id, avatar } of people) note(id, avatar);
  };
  const noteGroups = (rows: readonly ConversationRow[]) => {
    for (const { stream, record } of rows) if (!isDirect(stream)) note(stream, record?.avatar);
  };

  async function readAll(): Promise<void> {
    notePeople(await store.knownPeople());
    notePeople((await store.people([store.userId])).values());
    let after: StreamId | undefined;
    for (let page; page === undefined || page.length === PAGE;) {
      page = await store.conversationsAfter(after as never, PAGE);
      noteGroups(page);
      after = page.at(-1)?.stream;
    }
  }

  const stopListening = store.onListChange(({ people, conversations }) => {
    if (people === 'all' || conversations === 'all') return void readAll().catch(onFailure);
    if (people !== undefined) store.people(people).then((found) => notePeople(found.values()), onFailure);
    if (conversations !== undefined) store.conversationsOf(conversations).then(noteGroups, onFailure);
    return undefined;
  });
  void readAll().catch(onFailure);

  return {
    subscribe(id, listener) {
      const present = listeners.get(id) ?? new Set();
      listeners.set(id, present.add(listener));
      void show(id);
      return () => {
        present.delete(listener);
        if (present.size === 0 && listeners.get(id) === present) listeners.delete(id);
      };
    },
    addressOf: (id) => shown.get(id)?.address,
    retry() {
      for (const id of listeners.keys()) void show(id);
    },
    close() {
      stopListening();
      for (const id of shown.keys()) drop(id);
    },
  };
}
