/** True with a mouse or a touchpad. On a touch screen, a field that takes the focus would open the keyboard over what one looks at. */
export function hasFinePointer(): boolean {
  return matchMedia('(hover: hover) and (pointer: fine)').matches;
}
