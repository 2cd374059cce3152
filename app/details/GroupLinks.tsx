import { useEffect, useState } from 'react';
import { makeLink, openLinks, revokeLink } from '#app/http/group-links.ts';
import type { Outcome } from '#app/http/request.ts';
import { futureTime } from '#app/i18n/instants.ts';
import { useWords } from '#app/i18n/words.ts';
import { JOIN } from '#app/links/paths.ts';
import { ShownLink } from '#app/links/ShownLink.tsx';
import shapes from '#app/ui/Shapes.module.css';
import { classNames } from '#app/ui/class-names.ts';
import { Button } from '#app/ui/Button.tsx';
import { Chips } from '#app/ui/Chips.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { useNow } from '#app/ui/use-now.ts';
import type { OpenLink } from '#protocol/group-links.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { MAX_LINK_USES } from '#protocol/limits.ts';
import styles from './GroupLinks.module.css';

interface GroupLinksProps {
  stream: ConversationId;
  /** The group's. */
  name: string;
  nameOf: (userId: string) => string;
  onClose: () => void;
}

const DAYS = ['1', '7', '30'] as const;
const USES = ['1', '10', '100', 'all'] as const;
type Days = (typeof DAYS)[number];
type Uses = (typeof USES)[number];

/** The dialog in which an admin makes and revokes links to a group. It needs a connection: a link is made by the server. [GL1] */
export default function GroupLinks({ stream, name, nameOf, onClose }: GroupLinksProps) {
  const words = useWords();
  const now = useNow();
  const [days, setDays] = useState<Days>('7');
  const [uses, setUses] = useState<Uses>('all');
  const [open, setOpen] = useState<readonly OpenLink[]>([]);
  const [link, setLink] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [isWorking, setWorking] = useState(false);
  useEffect(() => {
    void openLinks(stream).then((outcome) => {
      if (outcome.ok) setOpen(outcome.value.links);
      else setProblem(words('links.failed'));
    });
  }, [stream, words]);

  async function attempt<T>(request: () => Promise<Outcome<T>>): Promise<T | undefined> {
    if (isWorking) return undefined;
    setWorking(true);
    const outcome = await request();
    const isFull = !outcome.ok && outcome.failure.kind === 'refused' && outcome.failure.code === 'too_large';
    setProblem(outcome.ok ? undefined : words(isFull ? 'links.full' : 'links.failed'));
    const after = await openLinks(stream);
    if (after.ok) setOpen(after.value.links);
    setWorking(false);
    return outcome.ok ? outcome.value : undefined;
  }

  async function make() {
    const limit = uses === 'all' ? {} : { maxUses: Number(uses) };
    const made = await attempt(() => makeLink({ stream, days: Number(days), ...limit }));
    if (made !== undefined) setLink(`${location.origin}${JOIN}${made.token}`);
  }

  return (
    <Dialog title={words('links.title', { name })} onClose={onClose}>
      <div className={styles.body}>
        <p className={styles.note}>{words('links.note')}</p>
        <div className={styles.choice}>
          <p>{words('links.days')}</p>
          <Chips<Days>
            label={words('links.days')}
            chosen={days}
            onChoose={setDays}
            options={DAYS.map((value) => ({ value, label: words('links.day', { count: Number(value) }) }))}
          />
        </div>
        <div className={styles.choice}>
          <p>{words('links.uses')}</p>
          <Chips<Uses>
            label={words('links.uses')}
            chosen={uses}
            onChoose={setUses}
            options={USES.map((value) => ({
              value,
              label: value === 'all' ? words('links.anybody') : words('chat.people', { count: Number(value) }),
            }))}
          />
        </div>
        {link !== undefined && <ShownLink key={link} link={link} label={words('links.link')} name={name} />}
        {problem !== undefined && (
          <p role="alert" className={styles.problem}>
            {problem}
          </p>
        )}
        {open.length > 0 && (
          <ul className={styles.list} aria-label={words('links.list')}>
            {open.map(({ id, createdBy, expiresAt, uses: used, maxUses }) => (
              <li key={id} className={classNames(shapes.ends, styles.row)}>
                <span className={styles.facts}>
                  <span>{words('links.until', { time: futureTime(new Date(expiresAt), now) })}</span>
                  <span className={styles.note}>
                    <span>{nameOf(createdBy)}</span>
                    <span>{' · '}</span>
                    <span>
                      {maxUses === MAX_LINK_USES
                        ? words('links.joined', { count: used })
                        : words('links.used', { uses: used, max: maxUses })}
                    </span>
                  </span>
                </span>
                <Button look="link" onClick={() => void attempt(() => revokeLink(id))}>
                  {words('links.revoke')}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
      <DialogActions cancel={words('app.close')} onCancel={onClose}>
        <Button aria-disabled={isWorking} onClick={() => void make()}>
          {words('links.make')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
