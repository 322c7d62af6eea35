import type { Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import type { Forwarder } from '@ebb/shared/proxy/forward.ts';
import { compose, type Exchange, type Handler, type Middleware } from '@ebb/shared/proxy/handler.ts';
import { type Identity, measureServer } from '@ebb/shared/proxy/measure.ts';
import { logRequests, type RequestLog } from '@ebb/shared/proxy/request-log.ts';
import { limitTime } from '@ebb/shared/proxy/timeouts.ts';
import { traceRequests } from '@ebb/shared/proxy/trace.ts';
import type { HttpHistograms } from '@ebb/shared/telemetry/http-metrics.ts';
import type { Tracer } from '@ebb/shared/telemetry/trace.ts';
import type { Reporter } from '../stats/reporter.ts';
import { activate } from './activate.ts';
import type { Call } from './call.ts';
import { countRequests } from './count.ts';
import { answerKubelet, answerNetworkProbe, answerOwnProbe } from './probes.ts';
import { type ResolveOptions, resolveRevision } from './resolve.ts';

export interface StackOptions extends ResolveOptions {
  /** Why this activator is to get no traffic, or undefined. */
  unhealthy: () => string | undefined;
  reporter: Reporter;
  forwarder: Forwarder;
  passthrough: boolean;
  requestLog: RequestLog<Call>;
  /** Where traces are on. */
  tracer?: Tracer;
  measured?: HttpHistograms;
}

const defaultTimeoutSeconds = 300;

const limitsOf = ({ revision: { spec } }: Call) => ({
  totalMs: (spec.timeoutSeconds ?? defaultTimeoutSeconds) * 1000,
  responseStartMs: (spec.responseStartTimeoutSeconds ?? 0) * 1000,
  idleMs: (spec.idleTimeoutSeconds ?? 0) * 1000,
});

/** The request path, outermost first (contract data-plane 2.2). */
export function requestPath(o: StackOptions): Handler {
  const { tracer } = o;
  const traced: Middleware<Call>[] = tracer ? [identifyTraces] : [];
  const ofRevision = compose<Call>(
    [logRequests(o.requestLog), ...traced, countRequests(o.reporter), limitTime(limitsOf, 'activator request timeout')],
    activate(o),
  );
  const outer: Middleware[] = [answerKubelet(o.unhealthy), answerNetworkProbe, answerOwnProbe];
  if (o.measured) outer.push(measureServer(o.measured, () => performance.now(), identity) as Middleware);
  if (tracer) outer.push(traceRequests(tracer));
  return compose(outer, resolveRevision(o, ofRevision));
}

/** Whose request it is, for spans and metrics. */
function identityOf({ metadata: { name, namespace, labels: all } }: Revision): Record<string, string> {
  return {
    'kn.service.name': all?.[labels.service] ?? '',
    'kn.configuration.name': all?.[labels.configuration] ?? '',
    'kn.revision.name': name,
    'k8s.namespace.name': namespace,
  };
}

/** On its span (contract data-plane 2.2 #9). */
const identifyTraces: Middleware<Call> = (next) => (call) => {
  for (const [name, value] of Object.entries(identityOf(call.revision))) call.trace?.set(name, value);
  return next(call);
};

/** On what is measured (contract data-plane 2.2 #7): a request for nobody has none. */
const identity: Identity<Partial<Call> & Exchange> = {
  key: ({ revision }) => (revision ? `${revision.metadata.namespace}/${revision.metadata.name}` : ''),
  attributes: ({ revision }) => (revision ? identityOf(revision) : {}),
};
