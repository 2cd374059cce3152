import { useBackCloses } from './use-back-closes.ts';

/** The hook as a component, for what is part of the first load. */
export default function BackCloses({ onClose }: { onClose: () => void }) {
  useBackCloses(onClose);
  return null;
}
