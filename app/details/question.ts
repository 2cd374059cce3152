/** Something to confirm before it is done. */
export interface Question {
  title: string;
  body: string;
  confirm: string;
  act: () => void;
}
