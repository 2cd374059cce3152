import { ArrowLeft } from 'lucide-react';
import { Link } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { classNames } from '#app/ui/class-names.ts';
import { backToList } from './back-to-list.ts';
import { paths } from './paths.ts';
import styles from './BackLink.module.css';

interface BackLinkProps {
  to: string;
  /** Without it, the link is shown only where one pane fills the screen. */
  isAlwaysShown?: boolean;
}

export function BackLink({ to, isAlwaysShown = false }: BackLinkProps) {
  const words = useWords();
  return (
    <Link
      href={to}
      replace
      onClick={(event) => to === paths.list && backToList(event)}
      className={classNames(styles.back, isAlwaysShown && styles.always)}
      aria-label={words('app.back')}
      title={words('app.back')}
    >
      <ArrowLeft size={20} aria-hidden />
    </Link>
  );
}
