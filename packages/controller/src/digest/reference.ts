/** An image reference taken apart. */
export interface Reference {
  /** `index.docker.io` for short names. */
  registry: string;
  repository: string;
  tag: string;
  digest?: string;
}

const repositoryPattern = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

/**
 * Takes an image reference apart as Docker does: Docker Hub and `library/` are implied, so is `latest`. Throws the
 * contract's text (control-plane 7.3) on what is none.
 */
export function parseReference(image: string): Reference {
  const at = image.indexOf('@');
  const [name, digest] = at < 0 ? [image] : [image.slice(0, at), image.slice(at + 1)];
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const explicit = first.includes('.') || first.includes(':') || first === 'localhost';
  const registry = !explicit || first === 'docker.io' ? 'index.docker.io' : first;
  let rest = explicit ? name.slice(slash + 1) : name;
  const colon = rest.lastIndexOf(':');
  const tag = colon >= 0 ? rest.slice(colon + 1) : 'latest';
  if (colon >= 0) rest = rest.slice(0, colon);
  const invalid = (why: string) => new Error(`failed to parse image name ${JSON.stringify(image)} into a tag: ${why}`);
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw invalid(`the digest ${JSON.stringify(digest)} must be 'sha256:' and 64 hexadecimal digits`);
  if (!repositoryPattern.test(rest))
    throw invalid(`the repository ${JSON.stringify(rest)} must be lower case letters, digits, '.', '_', '-' and '/'`);
  if (!/^\w[\w.-]{0,127}$/.test(tag)) throw invalid(`the tag ${JSON.stringify(tag)} must be at most 128 letters, digits, '_', '.' and '-'`);
  const repository = registry === 'index.docker.io' && !rest.includes('/') ? `library/${rest}` : rest;
  return { registry, repository, tag, digest };
}

/** Registries of this machine or of a private network: these may speak plain HTTP. */
export const isLocal = (registry: string): boolean =>
  /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$|\.local(host)?(:\d+)?$/.test(registry) ||
  /^(10\.\d+|172\.(1[6-9]|2\d|3[01])|192\.168)\.\d+\.\d+(:\d+)?$/.test(registry);
