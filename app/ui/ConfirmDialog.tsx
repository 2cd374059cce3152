import { Button } from './Button.tsx';
import { Dialog, DialogActions } from './Dialog.tsx';

interface ConfirmDialogProps {
  title: string;
  body: string;
  cancel: string;
  confirm: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that is hard to undo. */
export function ConfirmDialog({ title, body, cancel, confirm, onConfirm, onClose }: ConfirmDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{body}</p>
      <DialogActions cancel={cancel} onCancel={onClose}>
        <Button look="danger" onClick={onConfirm}>
          {confirm}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
