const registry = /^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const repository = /^[a-z0-9_\-./]{1,255}$/;
const tag = /^[A-Za-z0-9_\-.]{1,128}$/;
const digest = /^sha256:[0-9a-f]{64}$/;

/** Why a text is no image reference (`[registry/]repository[:tag][@digest]`), or undefined. */
export function imageError(text: string): string | undefined {
  const bad = `could not parse reference: ${text}`;
  const [rest = '', ...digests] = text.split('@');
  if (digests.length > 1 || (digests[0] !== undefined && !digest.test(digests[0]))) return bad;
  const slash = rest.indexOf('/');
  const head = rest.slice(0, Math.max(slash, 0));
  // As everywhere: what is before the first slash is a registry when it looks like a host.
  const hosted = slash > 0 && (/[.:]/.test(head) || head === 'localhost');
  if (hosted && !registry.test(head)) return bad;
  const path = hosted ? rest.slice(slash + 1) : rest;
  const colon = path.lastIndexOf(':');
  const named = colon < 0 ? path : path.slice(0, colon);
  if (colon >= 0 && !tag.test(path.slice(colon + 1))) return bad;
  return repository.test(named) && !named.startsWith('/') && !named.endsWith('/') ? undefined : bad;
}
