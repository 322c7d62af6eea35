import type { Listener } from '@ebb/shared/proxy/listener.ts';
import type { Tracer } from '@ebb/shared/telemetry/trace.ts';
import { certificateFor } from '../core/certificate.ts';
import type { Routes } from '../core/compile.ts';
import type { Visibility } from '../core/table.ts';
import type { Routing } from '../state/routing.ts';
import type { GatewayTelemetry } from '../telemetry.ts';
import type { Balance } from './balance.ts';
import { type GatewayListenerOptions, listenAtGateway } from './listener.ts';
import { stack } from './stack.ts';

/** Of each listener, its port; 0 takes a free one. */
export interface Ports {
  http: number;
  localHttp: number;
  https: number;
  localHttps: number;
}

interface Options
  extends Pick<
    GatewayListenerOptions,
    | 'host'
    | 'reusePort'
    | 'maxHeaderBytes'
    | 'headTimeoutMs'
    | 'maxConcurrentStreams'
    | 'maxConnectionsPerClient'
    | 'openingMs'
    | 'proxyProtocol'
    | 'onError'
  > {
  routing: Routing;
  balance: Balance;
  telemetry: GatewayTelemetry;
  /** Where traces are on. */
  tracer?: Tracer;
  random: () => number;
  /** Whether a probe may be told that these routes are served: not before all workers do. Absent: there is one process. */
  agreed?: (routes: Routes) => boolean;
  /** Whether the listeners for everybody believe X-Forwarded-*; those for the cluster's own pods do: the gateway is one of them. */
  trusting: boolean;
}

/** The gateway's four listeners: for everybody and for the cluster's own pods, plain and over TLS. */
export async function openListeners(ports: Ports, options: Options) {
  const { routing, balance, telemetry, tracer, random, agreed, trusting, proxyProtocol, maxConnectionsPerClient, ...limits } = options;
  const path = (visibility: Visibility, secure: boolean) => {
    const entrance = { visibility, secure, trusting: trusting || visibility === 'local' };
    return stack({ entrance, routing, balance, telemetry, tracer, random, agreed });
  };
  const open = (visibility: Visibility, secure: boolean, port: number) => {
    const certificate = (serverName: string) => {
      const secret = certificateFor(routing.table, visibility, serverName);
      return secret === undefined ? undefined : routing.certificates.get(secret);
    };
    // Nobody stands between the cluster's own pods and the gateway, and many requests come from few of them.
    const outside = visibility === 'external' ? { proxyProtocol, maxConnectionsPerClient } : {};
    return listenAtGateway(path(visibility, secure), { ...limits, ...outside, port, ...(secure ? { certificate } : {}) });
  };
  return {
    http: await open('external', false, ports.http),
    localHttp: await open('local', false, ports.localHttp),
    https: await open('external', true, ports.https),
    localHttps: await open('local', true, ports.localHttps),
  } satisfies Record<keyof Ports, Listener>;
}
