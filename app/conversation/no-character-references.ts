/**
 * Replaces, in the build, the library that decodes names such as `&copy;` by writing them into an element as HTML, which Trusted Types
 * forbid. In a message such names are plain text, even in the address of a link. [SEC-46]
 */
export function decodeNamedCharacterReference(): false {
  return false;
}
