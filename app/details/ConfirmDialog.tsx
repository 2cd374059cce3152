import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';

export interface Question {
  title: string;
  body: string;
  yes: string;
  act: () => void;
}

interface ConfirmDialogProps {
  question: Question;
  onClose: () => void;
}

/** What can't simply be taken back is asked once. */
export function ConfirmDialog({ question, onClose }: ConfirmDialogProps) {
  const words = useWords();
  return (
    <Dialog title={question.title} onClose={onClose}>
      <p>{question.body}</p>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {words('app.cancel')}
        </Button>
        <Button
          look="danger"
          onClick={() => {
            onClose();
            question.act();
          }}
        >
          {question.yes}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
