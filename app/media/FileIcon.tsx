import { File, FileArchive, FileAudio, FileText, FileVideo, Image } from 'lucide-react';
import { createElement } from 'react';
import styles from './FileIcon.module.css';

/** An icon for the kind of a file; screen readers get the kind from the file's name. */
export function FileIcon({ mime, name }: { mime: string; name: string }) {
  const ending = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return <span className={styles.icon}>{createElement(iconOf(mime, ending), { size: 22, 'aria-hidden': true })}</span>;
}

function iconOf(mime: string, ending: string) {
  if (mime.startsWith('image/')) return Image;
  if (mime.startsWith('video/')) return FileVideo;
  if (mime.startsWith('audio/')) return FileAudio;
  if (/zip|rar|7z|gzip/.test(mime) || /^(?:zip|rar|7z|gz|tgz|tar)$/.test(ending)) return FileArchive;
  if (mime === 'application/pdf' || /^(?:pdf|txt|md|docx?|odt|rtf)$/.test(ending)) return FileText;
  return File;
}
