import { useRef, useState } from 'react';
import { problemWords, type AccountProblem } from '#app/i18n/account-words.ts';
import { useWords, type MessageKey, type Words } from '#app/i18n/words.ts';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import { Avatar } from '#app/ui/Avatar.tsx';
import { Button } from '#app/ui/Button.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import { usePictureAddress } from '#app/ui/pictures.ts';
import type { MediaId, StreamId, UserId } from '#protocol/ids.ts';
import { uploadPicture, type PictureProblem } from './upload-picture.ts';
import styles from './PictureField.module.css';

const CropDialog = lazyExtra(() => import('./CropDialog.tsx'));

interface PictureFieldProps {
  self: UserId;
  /** Where the picture is uploaded: the person's own stream, or the group's. */
  stream: StreamId;
  /** The id of the avatar. */
  id: string;
  name: string;
  shape: 'round' | 'square';
  /** Null removes the picture. Resolves to why it could not be saved. */
  onPicture: (picture: MediaId | null) => Promise<AccountProblem | undefined>;
}

/** The picture of a person or a group, with buttons to choose another one or remove it. */
export default function PictureField({ self, stream, id, name, shape, onPicture }: PictureFieldProps) {
  const words = useWords();
  const announce = useAnnounce();
  const input = useRef<HTMLInputElement>(null);
  const hasPicture = usePictureAddress(id) !== undefined;
  const [picture, setPicture] = useState<ImageBitmap>();
  const [isSaving, setSaving] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function choose(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    setProblem(undefined);
    try {
      setPicture(await createImageBitmap(file));
    } catch {
      setProblem(words('picture.unreadable'));
    }
  }

  async function save(content: Blob | null): Promise<void> {
    setPicture(undefined);
    setSaving(true);
    setProblem(undefined);
    const uploaded = content === null ? { id: null } : await uploadPicture(self, stream, content);
    const found = 'problem' in uploaded ? uploaded.problem : await onPicture(uploaded.id);
    setSaving(false);
    if (found === undefined) announce(words(content === null ? 'picture.removed' : 'picture.saved'));
    else setProblem(pictureProblemWords(found, words));
  }

  return (
    <div className={styles.field}>
      <Avatar id={id} name={name} shape={shape} size={64} />
      <div className={styles.buttons}>
        <Button look="quiet" disabled={isSaving} onClick={() => input.current?.click()}>
          {words(isSaving ? 'picture.saving' : 'picture.choose')}
        </Button>
        {hasPicture && (
          <Button look="quiet" disabled={isSaving} onClick={() => void save(null)}>
            {words('picture.remove')}
          </Button>
        )}
      </div>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        tabIndex={-1}
        aria-hidden
        onChange={({ target }) => {
          void choose(target.files?.[0]);
          // So that the same file can be chosen again.
          target.value = '';
        }}
      />
      <p role="alert" className={styles.problem}>
        {problem}
      </p>
      {picture !== undefined && (
        <CropDialog picture={picture} onCropped={(square) => void save(square)} onClose={() => setPicture(undefined)} />
      )}
    </div>
  );
}

const sentences = new Map<string, MessageKey>([['quota', 'picture.quota']]);

function pictureProblemWords(problem: PictureProblem, words: Words): string {
  if (problem.kind === 'full') return words('picture.serverFull');
  return problemWords(problem, words, { codes: sentences, offline: 'picture.failed', otherwise: 'picture.refused' });
}
