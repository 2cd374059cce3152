import { useEffect, useRef, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { copyText } from '#app/ui/copy-text.ts';
import { QrCode } from '#app/ui/QrCode.tsx';
import { TextField } from '#app/ui/TextField.tsx';
import styles from './ShownLink.module.css';

interface ShownLinkProps {
  link: string;
  /** The target of the link, shown above it. */
  label: string;
  /** The title under which it is shared. */
  name: string;
}

/** A link to copy, to share, and to scan. */
export function ShownLink({ link, label, name }: ShownLinkProps) {
  const words = useWords();
  const [isCopied, setCopied] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.querySelector('input')?.focus(), []);
  // Dismissing the system's dialog is not a failure.
  const share = () => navigator.share({ title: name, url: link }).catch(() => undefined);
  return (
    <div ref={place} className={styles.shown}>
      <TextField label={label} value={link} readOnly onFocus={(event) => event.target.select()} />
      <div className={styles.deeds}>
        <Button look="link" onClick={() => void copyText(link).then(setCopied)}>
          {words('links.copy')}
        </Button>
        {'share' in navigator && (
          <Button look="link" onClick={() => void share()}>
            {words('links.share')}
          </Button>
        )}
        <span role="status" className={styles.said}>
          {isCopied ? words('links.copied') : ''}
        </span>
      </div>
      <QrCode text={link} label={words('links.qr')} />
    </div>
  );
}
