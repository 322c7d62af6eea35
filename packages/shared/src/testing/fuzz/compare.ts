import { methods, readByLlhttp } from './llhttp.ts';
import { readByUs, type Seen } from './ours.ts';

/**
 * Whether two readers agree about a connection's input. The proxy core may refuse what llhttp takes, never the reverse:
 * each request it took must be one llhttp took, with the same method, target, fields and body, in the same place.
 * Returns what differs.
 */
export async function compare(text: string, chunks: readonly Buffer[]): Promise<string | undefined> {
  const ours = await readByUs(chunks);
  if (ours.http2) return undefined;
  const theirs = readByLlhttp([Buffer.from(text, 'latin1')]);
  for (let i = 0; i < ours.seen.length; i++) {
    const mine = ours.seen[i]!;
    const other = theirs.seen[i];
    if (!comparable(mine, text) || ours.seen.slice(0, i).some(offersUpgrade)) return undefined;
    if (!other) return `request ${i + 1} was taken, llhttp says ${theirs.error ?? 'there is none'}: ${JSON.stringify(mine)}`;
    const difference = differs(mine, other);
    if (difference) return `request ${i + 1}: ${difference}`;
  }
  const answers = ours.sent.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0;
  if (answers > ours.seen.length + 1 + (ours.sent.match(/HTTP\/1\.1 100 /g)?.length ?? 0))
    return `${answers} answers to ${ours.seen.length} requests`;
  return undefined;
}

function differs(mine: Seen, other: Seen): string | undefined {
  for (const key of ['method', 'url', 'version'] as const)
    if (mine[key] !== other[key]) return `${key} ${JSON.stringify(mine[key])}, llhttp has ${JSON.stringify(other[key])}`;
  const [a, b] = [JSON.stringify(mine.headers), JSON.stringify(other.headers)];
  if (a !== b) return `fields ${a}, llhttp has ${b}`;
  // One that broke off may have been read to different points.
  if (mine.complete && !other.complete) return 'a body is complete, for llhttp it is not';
  if (mine.complete ? mine.body !== other.body : !other.body.startsWith(mine.body))
    return `body ${JSON.stringify(mine.body)}, llhttp has ${JSON.stringify(other.body)}`;
  return undefined;
}

/** Where llhttp refuses what is right, or at least harmless as it is written anew for the upstream. */
const comparable = ({ method, url }: Seen, text: string): boolean =>
  // It knows a list of methods; any token is one.
  methods.includes(method) &&
  // Bytes beyond ASCII in a path: clients send them, and nothing ends at one.
  !/[\x80-\xff]/.test(url) &&
  // A tab behind a value is blank as well.
  !/\t[ \t]*\r/.test(text);

/** It reads nothing behind an offer to switch protocols. */
const offersUpgrade = ({ headers }: Seen): boolean =>
  headers.some((h, i) => i % 2 === 0 && h.toLowerCase() === 'upgrade') &&
  headers.some((h, i) => i % 2 === 0 && h.toLowerCase() === 'connection');
