/** How many of the last places are remembered. */
const REMEMBERED = 12;
const FOCUSABLE = 'a[href], button:not(:disabled), [tabindex]';

/** An element that had the focus, and for each element around it, from the inside, what was next to it. */
interface Place {
  element: HTMLElement;
  around: { parent: Element; next: Element | null; before: Element | null }[];
}

/**
 * When the element with the focus disappears, because its chat was archived, its page was closed or its button was pressed, the browser
 * takes the focus away, and somebody without a mouse starts again at the top of the page. Here it goes to what was next to the element,
 * otherwise to where it was before, such as the button that opened the page. Returns a function that ends this. [A4]
 */
export function keepFocus(): () => void {
  let places: Place[] = [];
  let isAwaited = false;
  const note = (element: Element | null) => {
    if (!(element instanceof HTMLElement) || element === document.body) return;
    places = [placeOf(element), ...places.filter((place) => place.element !== element)].slice(0, REMEMBERED);
  };
  const look = () => {
    isAwaited = false;
    const last = places[0];
    if (document.activeElement !== document.body || last === undefined || isShown(last.element)) return;
    successor(places)?.focus({ preventScroll: true });
  };
  // Two frames later, because other code may move the focus until then.
  const observer = new MutationObserver(() => {
    if (isAwaited) return;
    isAwaited = true;
    requestAnimationFrame(() => requestAnimationFrame(look));
  });
  const onFocus = ({ target }: FocusEvent) => note(target as Element);
  note(document.activeElement);
  document.addEventListener('focusin', onFocus);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener('focusin', onFocus);
    observer.disconnect();
  };
}

function placeOf(element: HTMLElement): Place {
  const around: Place['around'] = [];
  for (let each: Element = element; each.parentElement !== null; each = each.parentElement) {
    const parent = each.parentElement;
    // What is outside the pane or the dialog is not near the element.
    if (each.matches('dialog') || parent === document.body || parent.querySelector('main') !== null) break;
    around.push({ parent, next: each.nextElementSibling, before: each.previousElementSibling });
  }
  return { element, around };
}

function successor(places: readonly Place[]): HTMLElement | undefined {
  const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
  const canTake = (element: HTMLElement) => isShown(element) && (dialog?.contains(element) ?? true);
  for (const { element, around } of places) {
    if (canTake(element) && !opensKeyboard(element)) return element;
    for (const { parent, next, before } of around) {
      if (!parent.isConnected) continue;
      const after = within(next).find(canTake) ?? within(before).findLast(canTake);
      if (after !== undefined) return after;
    }
  }
  return [...document.querySelectorAll<HTMLElement>('nav [tabindex="0"]')].find(canTake);
}

function within(element: Element | null): HTMLElement[] {
  if (element?.isConnected !== true) return [];
  const inside = [...element.querySelectorAll<HTMLElement>(FOCUSABLE)];
  return element instanceof HTMLElement && element.matches(FOCUSABLE) ? [element, ...inside] : inside;
}

const isShown = (element: HTMLElement) => element.isConnected && element.checkVisibility();

/** A keyboard on the screen opens only when somebody presses a field. */
const opensKeyboard = (element: HTMLElement) =>
  element.matches('input, textarea') && matchMedia('(pointer: coarse)').matches;
