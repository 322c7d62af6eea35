/** An image reference taken apart. */
export interface Reference {
  /** `index.docker.io` for short names. */
  registry: string;
  repository: string;
  tag: string;
  digest?: string;
}

/** Takes an image reference apart as Docker does: Docker Hub and `library/` are implied, so is `latest`. */
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
  const repository = registry === 'index.docker.io' && !rest.includes('/') ? `library/${rest}` : rest;
  return { registry, repository, tag, digest };
}

/** Registries spoken to in plain HTTP: this machine's own, as Docker has it. */
export const isInsecure = (registry: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$|\.localhost(:\d+)?$/.test(registry);
