import { useId, useState, type SubmitEvent } from 'react';
import { groupNameProblem } from '#app/i18n/group-name-problem.ts';
import { useWords, withAccountWords } from '#app/i18n/words.ts';
import { updateConversation } from '#app/ops/conversations.ts';
import type { Outbox } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { Chips } from '#app/ui/Chips.tsx';
import { cleanName, isVisible } from '#protocol/names.ts';
import { classNames } from '#app/ui/class-names.ts';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { TextField } from '#app/ui/TextField.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import { FIELD_MAX } from '#app/ui/use-bounded-text.ts';
import { useTextField } from '#app/ui/use-text-field.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import type { HistoryMode } from '#protocol/record.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Details.module.css';

const PictureField = lazyExtra(withAccountWords(() => import('#app/media/PictureField.tsx')));

interface EditGroupDialogProps {
  self: UserId;
  stream: ConversationId;
  group: { title: string; about: string; history: HistoryMode };
  outbox: Outbox;
  onClose: () => void;
}

/** Title, description, and what new members can see. Only changed fields are sent, so that nobody else's change is undone. [OP11] */
export function EditGroupDialog({ self, stream, group, outbox, onClose }: EditGroupDialogProps) {
  const words = useWords();
  const id = useId();
  const { text: title, setError, props } = useTextField(group.title);
  const [about, setAbout] = useState(group.about);
  const [history, setHistory] = useState(group.history);
  const isOver = about.length > limits.about;

  function save(event: SubmitEvent) {
    event.preventDefault();
    const name = cleanName(title.toWellFormed());
    const problem = groupNameProblem(name, words);
    if (problem !== undefined) return setError(problem);
    if (isOver) return undefined;
    const text = about.trim().toWellFormed();
    const change = {
      ...(name === group.title ? {} : { title: name }),
      ...(text === group.about ? {} : { about: isVisible(text) ? text : null }),
      ...(history === group.history ? {} : { history }),
    };
    onClose();
    if (Object.keys(change).length > 0) void outbox.queue(updateConversation(stream, change));
    return undefined;
  }

  return (
    <Dialog title={words('details.edit')} onClose={onClose}>
      <form className={styles.form} onSubmit={save} noValidate>
        <PictureField
          self={self}
          stream={stream}
          id={stream}
          name={title}
          shape="square"
          onPicture={async (avatar) => {
            await outbox.queue(updateConversation(stream, { avatar }));
            return undefined;
          }}
        />
        <TextField label={words('new.groupName')} autoComplete="off" {...props} />
        <div className={styles.labelled}>
          <label htmlFor={id}>{words('details.about')}</label>
          <textarea
            id={id}
            className={classNames(shapes.input, styles.aboutField)}
            dir="auto"
            rows={3}
            maxLength={FIELD_MAX}
            value={about}
            aria-invalid={isOver}
            aria-describedby={isOver ? `${id}-over` : undefined}
            onChange={(event) => setAbout(event.target.value)}
          />
          {isOver && (
            <p id={`${id}-over`} className={styles.over}>
              {words('details.aboutOver', { max: limits.about })}
            </p>
          )}
        </div>
        <div className={styles.labelled}>
          <p>{words('details.history')}</p>
          <Chips<HistoryMode>
            label={words('details.history')}
            chosen={history}
            onChoose={setHistory}
            options={[
              { value: 'all', label: words('details.historyAll') },
              { value: 'joined', label: words('details.historyJoined') },
            ]}
          />
        </div>
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit">{words('details.save')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
