/** A question to confirm before an action. */
export interface Question {
  title: string;
  body: string;
  confirm: string;
  act: () => void;
}
