import { Suspense } from 'react';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import { AddressedText } from './AddressedText.tsx';
import { mayHaveMarkup } from './markup.ts';

const MarkedText = lazyComponent(() => import('./MarkedText.tsx'));

/** A message's text with its links and its markup. It is readable, as it was typed, before the code for markup is there. */
export function MessageText({ text }: { text: string }) {
  const plain = <AddressedText text={text} />;
  if (!mayHaveMarkup(text)) return plain;
  return (
    <Suspense fallback={plain}>
      <MarkedText text={text} />
    </Suspense>
  );
}
