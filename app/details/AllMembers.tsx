import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { ShownMember } from '#app/ops/rules.ts';
import { classNames } from '#app/ui/class-names.ts';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { takeKey } from '#app/ui/keys.ts';
import type { TriggerProps } from '#app/ui/MenuButton.tsx';
import { SearchField } from '#app/ui/SearchField.tsx';
import { useRovingFocus } from '#app/ui/use-roving-focus.ts';
import { useRowsOnScreen } from '#app/ui/use-rows-on-screen.ts';
import { matchesName, wordsOf } from '#protocol/fold.ts';
import type { UserId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import styles from './Details.module.css';

interface AllMembersProps {
  members: readonly ShownMember[];
  self: UserId;
  nameOf: (userId: string) => string;
  rowOf: (member: ShownMember, trigger: TriggerProps) => ReactNode;
  onClose: () => void;
}

/**
 * All members of a large group, with a search by name. Only the rows near the screen are in the page. One tab stop, with arrow
 * keys inside.
 */
export default function AllMembers({ members, self, nameOf, rowOf, onClose }: AllMembersProps) {
  const words = useWords();
  const [typed, setTyped] = useState('');
  const rows = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => {
    const wanted = wordsOf(typed);
    return members.filter(({ userId, name }) => matchesName(name ?? nameOf(userId), wanted));
  }, [members, typed, nameOf]);
  function searchKey(event: KeyboardEvent) {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    rows.current?.querySelector<HTMLElement>('[data-member][tabindex="0"]')?.focus();
  }
  return (
    <Dialog title={words('details.people')} onClose={onClose}>
      <SearchField
        label={words('details.find')}
        placeholder={words('details.find')}
        value={typed}
        maxLength={limits.query}
        clearLabel={words('list.clear')}
        onChange={setTyped}
        onKey={searchKey}
        takesFocus
      />
      <p role="status" className={styles.note}>
        {shown.length === 0 ? words('new.none') : words('chat.people', { count: shown.length })}
      </p>
      {/* A new list for a new search, so that it starts at its top. */}
      <Rows key={typed} scroller={rows} shown={shown} self={self} rowOf={rowOf} />
      <DialogActions cancel={words('app.close')} onCancel={onClose} />
    </Dialog>
  );
}

interface RowsProps extends Pick<AllMembersProps, 'self' | 'rowOf'> {
  scroller: RefObject<HTMLDivElement | null>;
  shown: readonly ShownMember[];
}

function Rows({ scroller, shown, self, rowOf }: RowsProps) {
  const words = useWords();
  // There are no actions on oneself, so the user's own row takes no focus.
  const others = useMemo(() => shown.filter(({ userId }) => userId !== self), [shown, self]);
  const keys = useMemo(() => others.map(({ userId }) => userId), [others]);
  const { tabStop, activate, move } = useRovingFocus({ list: scroller, keys, attribute: 'data-member', initial: 0 });
  const placeOf = (index: number) => shown.findIndex(({ userId }) => userId === keys[index]);
  const rowHeight = useRowHeight();
  const { drawn, scrollTo } = useRowsOnScreen({
    scroller,
    count: shown.length,
    rowHeight,
    tabStop: placeOf(tabStop),
  });
  const onKeyDown = (event: KeyboardEvent) => takeKey(event, (key) => move(key, (index) => scrollTo(placeOf(index))));
  return (
    <div ref={scroller} className={styles.everybody}>
      <ul className={styles.rows} style={{ blockSize: shown.length * rowHeight }} aria-label={words('details.people')}>
        {drawn.map((row) => {
          const member = shown[row];
          if (member === undefined) return null;
          const index = keys.indexOf(member.userId);
          return (
            <li
              key={member.userId}
              className={classNames(styles.member, styles.row)}
              aria-setsize={shown.length}
              aria-posinset={row + 1}
              style={{ blockSize: rowHeight, transform: `translateY(${row * rowHeight}px)` }}
            >
              {rowOf(member, {
                'data-member': member.userId,
                tabIndex: index === tabStop ? 0 : -1,
                onFocus: () => activate(member.userId, index),
                onKeyDown,
              })}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** In rem, so that rows grow with the text size. */
function useRowHeight(): number {
  const [rem] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
  return Math.round(3.25 * rem);
}
