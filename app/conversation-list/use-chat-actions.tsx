import {
  Archive,
  ArchiveRestore,
  Bell,
  BellOff,
  CircleCheck,
  CircleDot,
  Info,
  LogOut,
  Pin,
  PinOff,
} from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { leaveQuestion } from '#app/i18n/leave-words.ts';
import { personWords } from '#app/i18n/name-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { detailsPath, paths } from '#app/links/paths.ts';
import { removeMember } from '#app/ops/members.ts';
import { markRead, mutedUntil, updateMembership, type MuteFor } from '#app/ops/own.ts';
import { readDetails } from '#app/shown/read.ts';
import type { Client } from '#app/sync/client.ts';
import type { Action, Submenu } from '#app/ui/ActionMenu.tsx';
import { correctedNow } from '#app/ui/server-clock.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { successorOf } from '#protocol/policies.ts';
import type { Entry } from './entry.ts';

interface Leaving {
  stream: ConversationId;
  title: string;
  body: string;
}

/** What the menu of a chat in the list offers, without opening the chat and so without marking it as read. [OP16] */
export function useChatActions(client: Client, chosen: ConversationId | undefined) {
  const words = useWords();
  const [, navigate] = useLocation();
  const [leaving, setLeaving] = useState<Leaving>();
  const { store, outbox } = client;
  const self = store.userId;

  function actionsOf(entry: Entry): (Action | Submenu)[] {
    const { stream } = entry;
    const change = (next: Parameters<typeof updateMembership>[1]) => void outbox.queue(updateMembership(stream, next));
    const mute = (label: string, choice: MuteFor): Action => ({
      label,
      run: () => change({ mutedUntil: mutedUntil(choice, correctedNow()) }),
    });
    const about: Action = {
      label: words('details.title'),
      icon: <Info size={18} aria-hidden />,
      run: () => navigate(detailsPath(stream)),
    };
    const leave: Action[] = entry.isGroup
      ? [
          {
            label: words('details.leave'),
            icon: <LogOut size={18} aria-hidden />,
            isDanger: true,
            run: () => void askToLeave(entry),
          },
        ]
      : [];
    if (entry.isRequest)
      return [
        {
          label: words('request.accept'),
          icon: <CircleCheck size={18} aria-hidden />,
          run: () => change({ request: false }),
        },
        about,
        ...leave,
      ];
    const isUnread = entry.unread > 0 || entry.isMarkedUnread;
    return [
      isUnread
        ? { label: words('list.markRead'), icon: <CircleCheck size={18} aria-hidden />, run: () => void read(entry) }
        : {
            label: words('list.markUnread'),
            icon: <CircleDot size={18} aria-hidden />,
            run() {
              change({ unread: true });
              // An open chat is being read, so it is closed.
              if (stream === chosen) navigate(paths.list);
            },
          },
      entry.isMuted
        ? {
            label: words('details.unmute'),
            icon: <Bell size={18} aria-hidden />,
            run: () => change({ mutedUntil: null }),
          }
        : {
            label: words('details.mute'),
            icon: <BellOff size={18} aria-hidden />,
            choices: [
              mute(words('details.muteHour'), 'hour'),
              mute(words('details.muteEight'), 'eight-hours'),
              mute(words('details.muteForever'), 'forever'),
            ],
          },
      {
        label: words(entry.isPinned ? 'details.unpin' : 'details.pin'),
        icon: entry.isPinned ? <PinOff size={18} aria-hidden /> : <Pin size={18} aria-hidden />,
        run: () => change({ pinned: !entry.isPinned }),
      },
      {
        label: words(entry.isArchived ? 'details.unarchive' : 'details.archive'),
        icon: entry.isArchived ? <ArchiveRestore size={18} aria-hidden /> : <Archive size={18} aria-hidden />,
        run: () => change(entry.isArchived ? { archived: false } : { archived: true, archivedSeq: entry.lastSeq }),
      },
      about,
      ...leave,
    ];
  }

  async function read({ stream, isMarkedUnread }: Entry): Promise<void> {
    const row = await store.conversation(stream);
    if (row !== undefined && row.unread > 0) await outbox.queue(markRead(stream, row.lastSeq));
    if (isMarkedUnread) await outbox.queue(updateMembership(stream, { unread: false }));
  }

  async function askToLeave({ stream, name }: Entry): Promise<void> {
    const { role, members, people } = await store.snapshot((reading) => readDetails(reading, stream, self));
    const next = role === 'owner' ? successorOf(members, self) : undefined;
    const successor = next === undefined ? undefined : personWords(next.userId, { self, people }, words);
    setLeaving({ stream, ...leaveQuestion({ name, role, successor }, words) });
  }

  const leave = () => {
    if (leaving === undefined) return;
    setLeaving(undefined);
    void outbox.queue(removeMember(leaving.stream, self));
    if (leaving.stream === chosen) navigate(paths.list);
  };
  return { actionsOf, leaving, leave, stay: () => setLeaving(undefined) };
}
