import { useWords } from '#app/i18n/words.ts';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';

/** In place of whatever was open about a message that somebody has deleted meanwhile. */
export function MessageGone({ onClose }: { onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog title={words('delete.gone')} onClose={onClose}>
      <DialogActions cancel={words('app.close')} onCancel={onClose} />
    </Dialog>
  );
}
