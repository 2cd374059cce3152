import { CalendarClock, Clock } from 'lucide-react';
import { useEffect, useState } from 'react';
import { clockTime, futureTime } from '#app/i18n/instants.ts';
import { useWords } from '#app/i18n/words.ts';
import { offeredTimes } from '#app/scheduling/schedule-times.ts';
import { TimeDialog } from '#app/scheduling/TimeDialog.tsx';
import ActionMenu from '#app/ui/ActionMenu.tsx';
import type { Point } from '#app/ui/menu-press.ts';
import { useNotice } from '#app/ui/Notice.tsx';
import { correctedNow } from '#app/ui/server-clock.ts';

interface ScheduleMenuProps {
  place: Point;
  /** Resolves to whether the device has stored the message. */
  schedule: (at: Date) => Promise<boolean>;
  onClose: () => void;
}

/** The times that are offered for the message in the field, and a dialog for another one. [SM1] */
export default function ScheduleMenu({ place, schedule, onClose }: ScheduleMenuProps) {
  const words = useWords();
  const notify = useNotice();
  const [view, setView] = useState<'menu' | 'dialog' | 'nothing'>('menu');
  const [now] = useState(correctedNow);
  const times = offeredTimes(now);
  // The menu closes before it runs what was chosen, which may be the dialog.
  useEffect(() => {
    if (view === 'nothing') onClose();
  }, [view, onClose]);
  async function pick(at: Date) {
    onClose();
    if (await schedule(at)) notify(words('scheduled.done', { time: futureTime(at, correctedNow()) }));
  }
  switch (view) {
    case 'nothing':
      return null;
    case 'dialog':
      return (
        <TimeDialog
          at={times[0]?.at ?? now}
          action={words('scheduled.schedule')}
          onPick={(at) => void pick(at)}
          onClose={onClose}
        />
      );
    case 'menu':
      return (
        <ActionMenu
          trigger={place}
          label={words('scheduled.schedule')}
          actions={[
            ...times.map(({ words: key, at }) => ({
              label: words(`scheduled.${key}`, { time: clockTime(at) }),
              icon: <Clock size={18} aria-hidden />,
              run: () => void pick(at),
            })),
            {
              label: words('scheduled.other'),
              icon: <CalendarClock size={18} aria-hidden />,
              run: () => setView('dialog'),
            },
          ]}
          onClose={() => setView('nothing')}
        />
      );
  }
}
