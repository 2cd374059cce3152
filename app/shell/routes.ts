import * as v from 'valibot';
import type { MessageKey } from '#app/i18n/words.ts';
import { DETAILS, isLink, paths } from '#app/links/paths.ts';
import { ConversationId } from '#protocol/ids.ts';

export type Route =
  | {
      page:
        | 'list'
        | 'new-chat'
        | 'settings'
        | 'administration'
        | 'outbox'
        | 'sign-up'
        | 'forgotten-password'
        | 'reset-password'
        | 'verify-email';
    }
  | { page: 'link'; path: string }
  | { page: 'chat'; stream: ConversationId; isDetails: boolean };

export type Page = Route['page'];

interface PageFacts {
  /** For whom the page is. Everybody else sees another page instead. */
  guard: 'signed-in' | 'signed-out' | 'anybody';
  /** The pane that a phone shows. */
  pane: 'list' | 'main';
  /** Absent if the page's title is the app's name, or the name of a chat. */
  title?: MessageKey;
}

const pages: Record<Page, PageFacts> = {
  list: { guard: 'signed-in', pane: 'list' },
  'new-chat': { guard: 'signed-in', pane: 'main', title: 'new.title' },
  settings: { guard: 'signed-in', pane: 'main', title: 'settings.title' },
  administration: { guard: 'signed-in', pane: 'main', title: 'admin.title' },
  outbox: { guard: 'signed-in', pane: 'main', title: 'outbox.title' },
  link: { guard: 'signed-in', pane: 'main' },
  chat: { guard: 'signed-in', pane: 'main' },
  'sign-up': { guard: 'signed-out', pane: 'main' },
  'forgotten-password': { guard: 'signed-out', pane: 'main' },
  // Emails are read on any device, regardless of who is signed in there.
  'reset-password': { guard: 'anybody', pane: 'main' },
  'verify-email': { guard: 'anybody', pane: 'main' },
};

export function factsOf({ page }: Route): PageFacts {
  return pages[page];
}

/** The page that a path names to somebody who is signed in, or out; undefined for any other text, which a link may hold. */
export function routeOf(path: string, who: PageFacts['guard']): Route | undefined {
  const route = named(path);
  return route !== undefined && factsOf(route).guard === who ? route : undefined;
}

function named(path: string): Route | undefined {
  switch (path) {
    case paths.list:
      return { page: 'list' };
    case paths.newChat:
      return { page: 'new-chat' };
    case paths.settings:
      return { page: 'settings' };
    case paths.administration:
      return { page: 'administration' };
    case paths.outbox:
      return { page: 'outbox' };
    case paths.signUp:
      return { page: 'sign-up' };
    case paths.forgotten:
      return { page: 'forgotten-password' };
    case paths.reset:
      return { page: 'reset-password' };
    case paths.verify:
      return { page: 'verify-email' };
    default:
      // A link that was cut off or mistyped is not found by the server, and the page says so.
      if (isLink(path)) return { page: 'link', path };
      return chat(path, false) ?? (path.endsWith(DETAILS) ? chat(path.slice(0, -DETAILS.length), true) : undefined);
  }
}

function chat(path: string, isDetails: boolean): Route | undefined {
  const [, section, kind, first, second, ...rest] = path.split('/');
  if (section !== 'chat' || rest.length > 0 || first === undefined) return undefined;
  const name =
    kind === 'd' && second !== undefined
      ? `d:${first}.${second}`
      : kind === 'g' && second === undefined
        ? // Some programs write the ids of a link in capitals.
          `g:${first.toLowerCase()}`
        : '';
  const stream = v.safeParse(ConversationId, name);
  return stream.success ? { page: 'chat', stream: stream.output, isDetails } : undefined;
}
