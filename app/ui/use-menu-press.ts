import { useEffect, useState } from 'react';
import { menuPress, type OpenMenu } from './menu-press.ts';

/** The handlers of an element whose menu a right click or a long press opens. */
export function useMenuPress(open: OpenMenu) {
  const [handlersFor] = useState(menuPress);
  const handlers = handlersFor(open);
  const { onPointerCancel } = handlers;
  useEffect(() => onPointerCancel, [onPointerCancel]);
  return handlers;
}
