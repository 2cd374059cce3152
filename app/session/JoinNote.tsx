import { PERSON } from '#app/links/paths.ts';
import { useWords } from '#app/i18n/words.ts';
import styles from './Account.module.css';

/** Why somebody who followed a link to a group or to a person is asked to sign in. [GL3] [HT3] */
export default function JoinNote({ to }: { to: string }) {
  const words = useWords();
  return <p className={styles.other}>{words(to.startsWith(PERSON) ? 'person.signIn' : 'join.signIn')}</p>;
}
