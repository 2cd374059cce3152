import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { administration } from '#app/http/administration.ts';
import { useWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import styles from './Settings.module.css';

/** The link to the administrator's page, which only the administrator sees. [AC4] */
export function AdministrationLink() {
  const words = useWords();
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    void administration().then((outcome) => setShown(outcome.ok && outcome.value.isAdministrator));
  }, []);
  if (!isShown) return null;
  return (
    <Link href={paths.administration} replace className={styles.wayOn}>
      {words('admin.title')}
    </Link>
  );
}
