import { readFileSync } from 'node:fs';

/** One request as the API server's audit log tells of it. */
interface Entry {
  stage: string;
  verb: string;
  user: { username: string };
  objectRef?: { resource?: string; subresource?: string };
  responseStatus?: { code?: number };
}

/** What the API server is to log: a line for each request, without bodies. */
export const auditPolicy = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Metadata' }],
});

export interface Requests {
  total: number;
  /** create, update, patch and delete. */
  writes: number;
  /** Writes of Kubernetes events. */
  events: number;
  /** Answered with 409. */
  conflicts: number;
  byVerb: Record<string, number>;
  /** `verb resource/subresource` → how often, most frequent first. */
  byKind: Record<string, number>;
}

const writing = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/**
 * Counts the requests of some users between two byte offsets of the log. Leases are left out: they are written as long as
 * a component lives, whatever it has to do. Watches are counted when they end, so those of a run are not among them.
 */
export function countRequests(path: string, from: number, to: number, users: readonly string[]): Requests {
  const byVerb: Record<string, number> = {};
  const byKind: Record<string, number> = {};
  const counted: Requests = { total: 0, writes: 0, events: 0, conflicts: 0, byVerb, byKind: {} };
  for (const line of readFileSync(path).subarray(from, to).toString().split('\n')) {
    if (!line.startsWith('{') || !line.endsWith('}')) continue;
    const { stage, verb, user, objectRef, responseStatus } = JSON.parse(line) as Entry;
    const resource = objectRef?.resource;
    if (stage !== 'ResponseComplete' || !users.includes(user.username) || resource === undefined || resource === 'leases') continue;
    counted.total++;
    if (writing.has(verb)) counted.writes++;
    if (resource === 'events') counted.events++;
    if (responseStatus?.code === 409) counted.conflicts++;
    byVerb[verb] = (byVerb[verb] ?? 0) + 1;
    const what = `${verb} ${resource}${objectRef?.subresource ? `/${objectRef.subresource}` : ''}`;
    byKind[what] = (byKind[what] ?? 0) + 1;
  }
  counted.byKind = Object.fromEntries(Object.entries(byKind).sort(([, a], [, b]) => b - a));
  return counted;
}
