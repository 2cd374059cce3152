import { useWords } from '#app/i18n/words.ts';
import { LostTexts } from '#app/unsent/LostTexts.tsx';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import type { LostWithChat } from './lost-with-chat.ts';

interface ForgetDialogProps {
  name: string;
  lost: LostWithChat;
  onForget: () => void;
  onClose: () => void;
}

/** Asks before a chat that the person has left is removed from their device, and names what cannot be fetched again. */
export function ForgetDialog({ name, lost, onForget, onClose }: ForgetDialogProps) {
  const words = useWords();
  return (
    <Dialog title={words('left.forgetTitle', { name })} onClose={onClose}>
      {(lost.texts.length > 0 || lost.hasFiles) && <LostTexts lost={lost.texts} hasFiles={lost.hasFiles} />}
      {lost.hasMessages && <p>{words('left.forgetBody')}</p>}
      <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
        <Button look="danger" onClick={onForget}>
          {words('left.forget')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
