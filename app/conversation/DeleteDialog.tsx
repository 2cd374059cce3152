import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';

interface DeleteDialogProps {
  onDelete: () => void;
  onClose: () => void;
}

export function DeleteDialog({ onDelete, onClose }: DeleteDialogProps) {
  const words = useWords();
  return (
    <Dialog title={words('delete.title')} onClose={onClose}>
      <p>{words('delete.body')}</p>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {words('app.cancel')}
        </Button>
        <Button look="danger" onClick={onDelete}>
          {words('menu.delete')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
