import { useMemo, useState, type ReactNode } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { AddressedText } from './AddressedText.tsx';
import { Mentioned } from './mentioned.ts';
import { parseMarkup, type Mark } from './parse-markup.ts';
import styles from './MarkedText.module.css';

/** A text with markup, made of React elements and never of HTML. [SEC-47] */
export default function MarkedText({ text }: { text: string }) {
  const marks = useMemo(() => parseMarkup(text), [text]);
  return <Marks marks={marks} />;
}

function Marks({ marks }: { marks: readonly Mark[] }) {
  return marks.map((mark, at) => <Marked key={at} mark={mark} />);
}

function Marked({ mark }: { mark: Mark }) {
  switch (mark.kind) {
    case 'text':
      return <AddressedText text={mark.text} />;
    case 'bold':
      return (
        <strong>
          <Marks marks={mark.children} />
        </strong>
      );
    case 'italic':
      return (
        <em>
          <Marks marks={mark.children} />
        </em>
      );
    case 'strike':
      return (
        <s>
          <Marks marks={mark.children} />
        </s>
      );
    case 'code':
      return (
        <code className={styles.code} translate="no">
          {mark.text}
        </code>
      );
    case 'block':
      return (
        <pre className={styles.block} translate="no" dir="ltr">
          {mark.language !== '' && <span className={styles.language}>{`${mark.language}\n`}</span>}
          <code>{mark.text}</code>
        </pre>
      );
    case 'quote':
      return (
        <blockquote className={styles.quote}>
          <Marks marks={mark.children} />
        </blockquote>
      );
    case 'list':
      return <List mark={mark} />;
    case 'spoiler':
      return (
        <Spoiler>
          <Marks marks={mark.children} />
        </Spoiler>
      );
    case 'link':
      return <Link mark={mark} />;
  }
}

function List({ mark: { start, items } }: { mark: Extract<Mark, { kind: 'list' }> }) {
  const drawn = items.map((item, at) => (
    <li key={at}>
      <Marks marks={item} />
    </li>
  ));
  if (start === undefined) return <ul className={styles.list}>{drawn}</ul>;
  return (
    <ol className={styles.list} start={start}>
      {drawn}
    </ol>
  );
}

/** The site is shown behind the words, so that they cannot pretend to lead elsewhere. */
function Link({ mark: { href, children } }: { mark: Extract<Mark, { kind: 'link' }> }) {
  const site = href.startsWith('mailto:') ? href.slice('mailto:'.length) : new URL(href).host;
  const words = children.map((child) => ('text' in child ? child.text : '')).join('');
  return (
    <>
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        <Words marks={children} />
      </a>
      {words !== href && words !== site && <span className={styles.site} dir="ltr">{` (${site})`}</span>}
    </>
  );
}

/** The text of a link must not contain another link. */
function Words({ marks }: { marks: readonly Mark[] }) {
  return marks.map((mark, at) =>
    mark.kind === 'text' ? <span key={at}>{mark.text}</span> : <Marked key={at} mark={mark} />,
  );
}

/** Hidden words, which a press reveals. */
function Spoiler({ children }: { children: ReactNode }) {
  const words = useWords();
  const [isShown, setShown] = useState(false);
  if (isShown) return <span className={styles.revealed}>{children}</span>;
  return (
    <button
      type="button"
      className={styles.spoiler}
      aria-label={words('chat.spoiler')}
      title={words('chat.spoiler')}
      onClick={() => setShown(true)}
    >
      <span aria-hidden className={styles.hidden}>
        {/* A button must not contain other buttons. */}
        <Mentioned value={undefined}>{children}</Mentioned>
      </span>
    </button>
  );
}
