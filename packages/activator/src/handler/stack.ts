import type { Forwarder } from '@ebb/shared/proxy/forward.ts';
import { compose, type Handler } from '@ebb/shared/proxy/handler.ts';
import { logRequests, type RequestLog } from '@ebb/shared/proxy/request-log.ts';
import { limitTime } from '@ebb/shared/proxy/timeouts.ts';
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
}

const defaultTimeoutSeconds = 300;

const limitsOf = ({ revision: { spec } }: Call) => ({
  totalMs: (spec.timeoutSeconds ?? defaultTimeoutSeconds) * 1000,
  responseStartMs: (spec.responseStartTimeoutSeconds ?? 0) * 1000,
  idleMs: (spec.idleTimeoutSeconds ?? 0) * 1000,
});

/** The request path, outermost first (contract data-plane 2.2). */
export function requestPath(o: StackOptions): Handler {
  const ofRevision = compose<Call>(
    [logRequests(o.requestLog), countRequests(o.reporter), limitTime(limitsOf, 'activator request timeout')],
    activate(o),
  );
  return compose([answerKubelet(o.unhealthy), answerNetworkProbe, answerOwnProbe], resolveRevision(o, ofRevision));
}
