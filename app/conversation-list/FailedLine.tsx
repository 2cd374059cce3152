import { TriangleAlert } from 'lucide-react';
import { Link } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { Banner } from '#app/ui/Banner.tsx';
import { chatPath } from '#protocol/chat-path.ts';

interface FailedLineProps {
  /** At least one. */
  failed: readonly OutboxRow[];
}

/** The number of messages that failed, with a link to them. */
export default function FailedLine({ failed }: FailedLineProps) {
  const words = useWords();
  const first = failed[0];
  if (first === undefined) return null;
  const isOneChat = failed.every(({ stream }) => stream === first.stream);
  return (
    <Banner icon={<TriangleAlert size={18} />} title={words('line.failed', { count: failed.length })}>
      <Link href={isOneChat ? chatPath(first.stream) : paths.outbox}>{words('line.failedShow')}</Link>
    </Banner>
  );
}
