import { domainToASCII } from 'node:url';

/** An email address with its domain as browsers send it: `x@münchen.example` and `x@xn--mnchen-3ya.example` are one address. */
export function asciiAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = domainToASCII(address.slice(at + 1));
  return domain === '' ? address : `${address.slice(0, at)}@${domain}`;
}
