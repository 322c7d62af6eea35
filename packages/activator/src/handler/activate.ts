import { headers } from '@ebb/shared/api/headers.ts';
import { childName } from '@ebb/shared/lib/child-name.ts';
import { type Forwarder, type ForwardOptions, type Target, UpstreamError } from '@ebb/shared/proxy/forward.ts';
import type { Handler } from '@ebb/shared/proxy/handler.ts';
import { respond, respondError } from '@ebb/shared/proxy/respond.ts';
import { pathOf } from '@ebb/shared/proxy/trace.ts';
import { Refused } from '../core/throttle.ts';
import type { Admission } from '../revisions/revision.ts';
import type { Call } from './call.ts';

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
      const placed = place(call);
      const admission = placed instanceof Promise ? await placed : placed;
      if (!admission) return;
      try {
        await send(o, call, admission);
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

async function tracedAdmit(call: Call): Promise<Admission | undefined> {
  const wait = call.trace?.child('throttler_try');
  const admission = await admit(call);
  if (!admission) wait?.fail('no place');
  wait?.end();
  return admission;
}

/** Proxies under two spans (contract data-plane 2.9); the next server's are under the inner one. */
async function traced(o: ActivateOptions, call: Call, admission: Admission): Promise<void> {
  const around = call.trace!.child('activator_proxy');
  const client = around.child(`${call.req.method} ${pathOf(call.req.url)}`, 'client', { 'server.address': admission.lease.dest });
  const { headers: set, ...rest } = forwarding(call, admission, o.passthrough);
  try {
    await o.forwarder.forward(call, { ...rest, headers: { ...set, traceparent: client.traceparent } });
  } catch (error) {
    client.fail((error as Error).message);
    throw error;
  } finally {
    if (call.res.headersSent) client.set('http.response.status_code', call.res.statusCode);
    client.end();
    around.end();
  }
}

/** A place; no promise of one where there is room at once. */
const place = (call: Call): Admission | Promise<Admission | undefined> =>
  call.trace ? tracedAdmit(call) : (call.activated.tryAcquire() ?? admit(call));

const send = (o: ActivateOptions, call: Call, admission: Admission): Promise<void> =>
  call.trace ? traced(o, call, admission) : o.forwarder.forward(call, forwarding(call, admission, o.passthrough));

/** A place, or undefined when the client has its answer (or is gone). */
async function admit(call: Call): Promise<Admission | undefined> {
  try {
    return await call.activated.acquire(call);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // Of an aborted call the client is gone, or the timeout has answered.
    if (error.reason === 'queueFull') respondError(call, 503, error.message);
    else if (error.reason === 'gone') respond(call, 500);
    return undefined;
  }
}

const removed = { [headers.revision]: undefined, [headers.namespace]: undefined, [headers.hash]: undefined };

function forwarding(call: Call, { lease, answered }: Admission, passthrough: boolean): ForwardOptions {
  const { req, activated } = call;
  const original = req.header(headers.originalHost) || req.authority;
  const set: Record<string, string | undefined> = { ...removed, [headers.originalHost]: original, [headers.proxyRequest]: 'activator' };
  let authority = lease.dest;
  if (passthrough) {
    set[headers.passthroughLb] = 'true';
    authority = `${childName(activated.name, '-private')}.${activated.namespace}`;
  }
  return { target: targetOf(lease.dest), authority, headers: set, onResponse: answered };
}

/** The destination, cut once: those of a revision stay for many requests. */
let last: { dest: string; target: Target } | undefined;

function targetOf(dest: string): Target {
  if (last?.dest === dest) return last.target;
  const at = dest.lastIndexOf(':');
  const target = { host: dest.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(dest.slice(at + 1)) };
  last = { dest, target };
  return target;
}
