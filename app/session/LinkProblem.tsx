import styles from './Account.module.css';

/** Says why the link of a mail did nothing. */
export function LinkProblem({ text }: { text: string | undefined }) {
  return (
    <div role="alert" className={styles.notice}>
      {text !== undefined && <p className={styles.problem}>{text}</p>}
    </div>
  );
}
