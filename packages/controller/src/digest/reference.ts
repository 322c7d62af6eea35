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
  const [name = '', digest] = image.split('@');
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const explicit = first.includes('.') || first.includes(':') || first === 'localhost';
  const registry = !explicit || first === 'docker.io' ? 'index.docker.io' : first;
  let rest = explicit ? name.slice(slash + 1) : name;
  const colon = rest.lastIndexOf(':');
  const tag = colon >= 0 ? rest.slice(colon + 1) : 'latest';
  if (colon >= 0) rest = rest.slice(0, colon);
  const invalid = (why: string) => new Error(`failed to parse image name ${JSON.stringify(image)} into a tag: ${why}`);
  if (!repositoryPattern.test(rest))
    throw invalid(`the repository ${JSON.stringify(rest)} must be lower case letters, digits, '.', '_', '-' and '/'`);
  if (!/^\w[\w.-]{0,127}$/.test(tag)) throw invalid(`the tag ${JSON.stringify(tag)} must be at most 128 letters, digits, '_', '.' and '-'`);
  const repository = registry === 'index.docker.io' && !rest.includes('/') ? `library/${rest}` : rest;
  return { registry, repository, tag, digest };
}

/** Registries spoken to in plain HTTP: this machine's own, as Docker has it. */
export const isInsecure = (registry: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$|\.localhost(:\d+)?$/.test(registry);
