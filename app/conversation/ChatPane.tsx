import type { ReactNode } from 'react';
import { BackLink } from '#app/links/BackLink.tsx';
import { paths } from '#app/links/paths.ts';
import { Pane } from '#app/ui/Pane.tsx';

/** The same element in every render, so that it is drawn once. */
const toList = <BackLink to={paths.list} />;

interface ChatPaneProps {
  label: string;
  bar: ReactNode;
  /** False while the bar is about selected messages. */
  hasBack?: boolean;
  isBusy?: boolean;
  children?: ReactNode;
}

/** The pane of a chat. Its bar, with the way back on a phone, is there before the chat has been read. */
export function ChatPane({ label, bar, hasBack = true, isBusy, children }: ChatPaneProps) {
  return (
    <Pane look="chat" label={label} back={hasBack && toList} bar={bar} isBusy={isBusy}>
      {children}
    </Pane>
  );
}
