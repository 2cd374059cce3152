/**
 * In the build, stands for the library that decodes names such as `&copy;` by writing them into an element as HTML, which Trusted
 * Types forbid. In a message they are text, also in the address of a link. [SEC-46]
 */
export function decodeNamedCharacterReference(): false {
  return false;
}
