/** Whether this address belongs to one of these domains, written in lower case; subdomains are other domains. [AC7] */
export function isOfDomain(email: string, domains: readonly string[]): boolean {
  return domains.includes(email.slice(email.lastIndexOf('@') + 1).toLowerCase());
}
