/** A request's host as rules know it: lower case, without port. IPv6 literals keep their brackets. */
export function hostOf(authority: string): string {
  const host = authority.toLowerCase();
  const colon = host.lastIndexOf(':');
  return colon === -1 || host.indexOf(']', colon) !== -1 ? host : host.slice(0, colon);
}
