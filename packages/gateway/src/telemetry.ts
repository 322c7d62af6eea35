import type { Attributes, Meter } from '@opentelemetry/api';
import type { Visibility } from './core/table.ts';

/** How a request went. */
export interface Ended {
  /** Absent for clients that left before there was one. */
  status: number | undefined;
  /** Of the response's body. */
  bytes: number;
  /** `namespace/name` of the Ingress that served its host; absent when nobody did. */
  ingress: string | undefined;
  revision: string | undefined;
  secure: boolean;
  req: {
    readonly method: string;
    readonly url: string;
    readonly authority: string;
    readonly remoteAddress: string | undefined;
    header(name: string): string;
  };
}

/** What the gateway tells of its work. */
export interface GatewayTelemetry {
  /** A request came in; call what is returned when it is over. */
  started(visibility: Visibility): (how: Ended) => void;
  /** An address could not be connected to. */
  refused(backend: string): void;
}

interface Options {
  meter: Meter;
  /** A clock in ms. */
  now: () => number;
  /** Takes the lines of the access log: a share of all requests, 0 for none. */
  accessLog?: { write: (line: AccessLine) => void; share: number; random: () => number };
}

/** A request in the access log. Neither its query nor its headers, where secrets may be. */
export interface AccessLine {
  listener: string;
  method: string;
  host: string;
  path: string;
  /** 0: the client left before there was one. */
  status: number;
  /** To the end of the response or the upgraded connection. */
  durationMs: number;
  /** Of the response's body. */
  bytes: number;
  client: string;
  userAgent: string;
  ingress: string;
  revision: string;
}

/** Seconds; a proxy's own share is at the low end, a cold start at the high one. */
const boundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** What clients send is not logged at any length. */
const longest = 1024;

/**
 * The gateway's metrics, by listener, status class (2xx to 5xx, or `none` for clients that left), route and revision;
 * and its access log.
 */
export function instruments({ meter, now, accessLog }: Options): GatewayTelemetry {
  const duration = meter.createHistogram('kn.gateway.request.duration', { unit: 's', advice: { explicitBucketBoundaries: boundaries } });
  const refusals = meter.createCounter('kn.gateway.backend.refused');
  const active: Record<Visibility, number> = { external: 0, local: 0 };
  meter.createObservableUpDownCounter('kn.gateway.requests.active').addCallback((result) => {
    for (const listener of ['external', 'local'] as const) result.observe(active[listener], { listener });
  });
  return {
    started(listener) {
      const at = now();
      active[listener]++;
      return (how) => {
        active[listener]--;
        const ms = now() - at;
        duration.record(ms / 1000, attributesOf(listener, how));
        if (accessLog && accessLog.share > 0 && accessLog.random() < accessLog.share) accessLog.write(lineOf(listener, ms, how));
      };
    },
    refused: (backend) => refusals.add(1, { backend }),
  };
}

function attributesOf(listener: Visibility, { status, ingress, revision }: Ended): Attributes {
  return { listener, status: status ? `${Math.floor(status / 100)}xx` : 'none', ...routeAttributes(ingress, revision) };
}

/** Whose request it is: an Ingress (`namespace/name`) and a revision, as metrics and traces name them. */
export function routeAttributes(ingress: string | undefined, revision: string | undefined): Record<string, string> {
  const out: Record<string, string> = {};
  if (ingress !== undefined) {
    const slash = ingress.indexOf('/');
    out['k8s.namespace.name'] = ingress.slice(0, slash);
    out['kn.route.name'] = ingress.slice(slash + 1);
  }
  if (revision !== undefined) out['kn.revision.name'] = revision;
  return out;
}

function lineOf(listener: Visibility, ms: number, { status, bytes, ingress, revision, secure, req }: Ended): AccessLine {
  const query = req.url.indexOf('?');
  return {
    listener: secure ? `${listener} https` : `${listener} http`,
    method: req.method.slice(0, longest),
    host: req.authority.slice(0, longest),
    path: (query < 0 ? req.url : req.url.slice(0, query)).slice(0, longest),
    status: status ?? 0,
    durationMs: Math.round(ms * 1000) / 1000,
    bytes,
    client: req.remoteAddress ?? '',
    userAgent: req.header('user-agent').slice(0, longest),
    ingress: ingress ?? '',
    revision: revision ?? '',
  };
}
