import { headers } from '@ebb/shared/api/headers.ts';
import { childName } from '@ebb/shared/lib/child-name.ts';
import { type Forwarder, UpstreamError } from '@ebb/shared/proxy/forward.ts';
import type { Handler } from '@ebb/shared/proxy/handler.ts';
import { respond, respondError } from '@ebb/shared/proxy/respond.ts';
import { Refused } from '../core/throttle.ts';
import type { Admission } from '../revisions/revision.ts';
import { type Call, header, hostOf } from './call.ts';

export interface ActivateOptions {
  forwarder: Forwarder;
  /** Pods are reached through a mesh by name (config-network `enable-mesh-pod-addressability`). */
  passthrough: boolean;
}

/**
 * Waits for a place and proxies (contract data-plane 2.4, 2.6). A destination that nothing of the request can have reached
 * is left for another; what was sent is never sent again.
 */
export function activate(o: ActivateOptions): Handler<Call> {
  return async (call) => {
    for (;;) {
      const admission = await admit(call);
      if (!admission) return;
      try {
        await o.forwarder.forward(call, forwarding(call, admission, o.passthrough));
        return;
      } catch (error) {
        if (!(error instanceof UpstreamError && error.unsent) || call.cancelled) {
          if (!call.cancelled) respondError(call, 502, (error as Error).message);
          return;
        }
        call.activated.suspect(admission.lease.dest);
      } finally {
        admission.lease.release();
      }
    }
  };
}

/** A place, or undefined when the client has its answer (or is gone). */
async function admit(call: Call): Promise<Admission | undefined> {
  try {
    return await call.activated.acquire(call.signal);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // Of an aborted call the client is gone, or the timeout has answered.
    if (error.reason === 'queueFull') respondError(call, 503, error.message);
    else if (error.reason === 'gone') respond(call, 500);
    return undefined;
  }
}

function forwarding(call: Call, { lease, answered }: Admission, passthrough: boolean) {
  const at = lease.dest.lastIndexOf(':');
  const { namespace, name } = call.activated;
  return {
    target: { host: lease.dest.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(lease.dest.slice(at + 1)) },
    authority: passthrough ? `${childName(name, '-private')}.${namespace}` : lease.dest,
    headers: {
      [headers.originalHost]: header(call.req, headers.originalHost) || hostOf(call.req),
      [headers.proxyRequest]: 'activator',
      [headers.revision]: undefined,
      [headers.namespace]: undefined,
      [headers.hash]: undefined,
      ...(passthrough ? { [headers.passthroughLb]: 'true' } : {}),
    },
    onResponse: answered,
  };
}
