import type { Secret } from '@ebb/shared/api/builtin.ts';
import type { Reference } from './reference.ts';

export interface Credential {
  username: string;
  password: string;
}

/** Credentials by what they are for: a host, which may hold wildcards and a port, and possibly the start of a path. */
export type Keyring = readonly { pattern: string; credential: Credential }[];

interface Auth {
  username?: string;
  password?: string;
  /** Base64 of `username:password`. */
  auth?: string;
}

const text = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

/** What a secret holds; its parser's own words are not told, as they quote it. */
function authsOf(secret: Secret): Record<string, Auth> {
  const key = { 'kubernetes.io/dockerconfigjson': '.dockerconfigjson', 'kubernetes.io/dockercfg': '.dockercfg' }[secret.type ?? ''];
  const data = key && secret.data?.[key];
  if (!data) return {};
  try {
    const parsed = JSON.parse(text(data)) as { auths?: Record<string, Auth> } & Record<string, Auth>;
    return (key === '.dockercfg' ? parsed : parsed.auths) ?? {};
  } catch {
    throw new Error(`${key} of the secret ${JSON.stringify(secret.metadata.name)} is not JSON`);
  }
}

/** `https://index.docker.io/v1/` → `index.docker.io`; the version of the API is no part of an image's path. */
function patternOf(host: string): string {
  const plain = host.replace(/^https?:\/\//, '').replace(/[?#].*$/, '');
  const slash = plain.indexOf('/');
  const [name, path] = slash < 0 ? [plain, ''] : [plain.slice(0, slash), plain.slice(slash)];
  const rest = path.replace(/^\/v[12]\//, '/').replace(/^\/$/, '');
  return (name === 'docker.io' ? 'index.docker.io' : name) + rest;
}

function credentialOf({ username, password, auth }: Auth): Credential | undefined {
  if (typeof auth === 'string' && auth) {
    const decoded = text(auth);
    const colon = decoded.indexOf(':');
    if (colon > 0) return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/\0+$/, '') };
  }
  return typeof username === 'string' ? { username, password: String(password ?? '') } : undefined;
}

/** The credentials of pull secrets (`kubernetes.io/dockerconfigjson` and `dockercfg`), the more specific pattern first. */
export function keyringOf(secrets: readonly Secret[]): Keyring {
  return secrets
    .flatMap((secret) => Object.entries(authsOf(secret)))
    .flatMap(([host, auth]) => {
      const credential = credentialOf(auth ?? {});
      return credential ? [{ pattern: patternOf(host), credential }] : [];
    })
    .sort((a, b) => (a.pattern === b.pattern ? 0 : a.pattern < b.pattern ? 1 : -1));
}

/** Whether a character is of a class like `[a-z]`; one that is none holds nothing. */
function inClass(group: string, c: string): boolean {
  try {
    return new RegExp(group.replaceAll('\\', '')).test(c);
  } catch {
    return false;
  }
}

/** A label of a host name against one with `*` and `[a-z]`, as in a shell; in time of their lengths' product at most. */
function labelMatches(pattern: string, label: string): boolean {
  const tokens = pattern.match(/\[[^\]]+\]|[\s\S]/g) ?? [];
  let [p, l, star, retry] = [0, 0, -1, 0];
  while (l < label.length) {
    const [token = '', c = ''] = [tokens[p], label[l]];
    if (token === '*') {
      star = p++;
      retry = l;
    } else if (token === c || (token.length > 1 && inClass(token, c))) {
      p++;
      l++;
    } else if (star >= 0) {
      p = star + 1;
      l = ++retry;
    } else return false;
  }
  return tokens.slice(p).every((t) => t === '*');
}

/** As the kubelet matches: the same number of labels and the same port, each label by its wildcards, the path a prefix. */
function matches(pattern: string, { registry, repository }: Reference): boolean {
  const slash = pattern.indexOf('/');
  const [host, path] = slash < 0 ? [pattern, ''] : [pattern.slice(0, slash), pattern.slice(slash)];
  const split = (h: string): [string[], string] => {
    const [, name = h, port = ''] = /^(.*?)(?::(\d+))?$/.exec(h) ?? [];
    return [name.split('.'), port];
  };
  const [[patternLabels, patternPort], [labels, port]] = [split(host), split(registry)];
  if (patternPort !== port || patternLabels.length !== labels.length || !`/${repository}`.startsWith(path)) return false;
  return patternLabels.every((p, i) => labelMatches(p, labels[i] ?? ''));
}

/** The credentials to try for an image, best first; none: it is asked for anonymously. */
export const credentialsFor = (keyring: Keyring, ref: Reference): Credential[] =>
  keyring.filter(({ pattern }) => matches(pattern, ref)).map(({ credential }) => credential);
