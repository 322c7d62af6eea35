import { type Listener, type ListenerOptions, listen } from '@ebb/shared/proxy/listener.ts';
import { certificateFor } from '../core/certificate.ts';
import type { Visibility } from '../core/table.ts';
import type { Routing } from '../state/routing.ts';
import type { GatewayTelemetry } from '../telemetry.ts';
import type { Balance } from './balance.ts';
import { listenSecurely } from './secure-listener.ts';
import { stack } from './stack.ts';

/** Of each listener, its port; 0 takes a free one. */
export interface Ports {
  http: number;
  localHttp: number;
  https: number;
  localHttps: number;
}

interface Options extends Omit<ListenerOptions, 'port'> {
  routing: Routing;
  balance: Balance;
  telemetry: GatewayTelemetry;
  random: () => number;
}

/** The gateway's four listeners: for everybody and for the cluster's own pods, plain and over TLS. */
export async function openListeners(ports: Ports, { routing, balance, telemetry, random, ...limits }: Options) {
  const path = (visibility: Visibility, secure: boolean) => stack({ visibility, secure, routing, balance, telemetry, random });
  const plain = (visibility: Visibility, port: number) => listen(path(visibility, false), { ...limits, port });
  const secure = (visibility: Visibility, port: number) => {
    const certificate = (serverName: string) => {
      const secret = certificateFor(routing.table, visibility, serverName);
      return secret === undefined ? undefined : routing.certificates.get(secret);
    };
    return listenSecurely(path(visibility, true), { ...limits, port, certificate });
  };
  return {
    http: await plain('external', ports.http),
    localHttp: await plain('local', ports.localHttp),
    https: await secure('external', ports.https),
    localHttps: await secure('local', ports.localHttps),
  } satisfies Record<keyof Ports, Listener>;
}
