const characters = {
  repository: /^[a-z0-9_\-./]*$/,
  tag: /^[A-Za-z0-9_\-.]*$/,
  /** The host of a URL, a port behind it. */
  registry: /^(?:[\w\-.~!$&'()*+,;=<>"\u0080-\uffff]*|\[[0-9a-fA-F:.]+\])(?::\d*)?$/,
} as const;
const digest = /^sha256:[0-9a-f]{64}$/;

const within = (element: string, least: number, most: number, allowed: RegExp): boolean =>
  element.length >= least && element.length <= most && allowed.test(element);

/** `[registry/]repository`: what is before the first slash is a registry when a dot or a colon is in it. */
function isRepository(name: string): boolean {
  const slash = name.indexOf('/');
  const head = name.slice(0, Math.max(slash, 0));
  const hosted = /[.:]/.test(head);
  return within(hosted ? name.slice(slash + 1) : name, 2, 255, characters.repository) && (!hosted || characters.registry.test(head));
}

/** `repository[:tag]`; an empty tag is none. */
function isTagged(name: string): boolean {
  const colon = name.lastIndexOf(':');
  if (colon < 0 || name.includes('/', colon)) return isRepository(name);
  const tag = name.slice(colon + 1);
  return (tag === '' || within(tag, 1, 128, characters.tag)) && isRepository(name.slice(0, colon));
}

/** Why a text is no image reference (`[registry/]repository[:tag][@digest]`), or undefined (contract control-plane 4.5). */
export function imageError(text: string): string | undefined {
  const [name = '', by, ...more] = text.split('@', 3);
  const good = by === undefined ? isTagged(text) : more.length === 0 && digest.test(by) && isTagged(name);
  return good ? undefined : `could not parse reference: ${text}`;
}
