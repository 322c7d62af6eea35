import { must } from '../../scripts/lib/shell.ts';
import { parseFigures, wrk } from '../lib/load.ts';
import type { Scenario } from '../lib/proxy-scenarios.ts';
import { host } from './world.ts';

const over =
  (connections: number, path = '/', headers: readonly string[] = []): Scenario['load'] =>
  (_rig, { port, secure = false }, seconds) =>
    wrk({ host, port, secure, path, headers, connections, seconds });

const streams: Scenario['load'] = async (rig, { port }, seconds) =>
  parseFigures(await must(rig, ['-h2', '-c', '100', '-d', String(seconds), `https://${host}:${port}/`]));

const large = `/bytes?n=${100 * 1024}`;

/** What the gateway is measured with; `.ratio.cpu_per_request_vs_nginx` is of the first. */
export const scenarios: readonly Scenario[] = [
  { name: 'c50', title: 'HTTP/1.1, 50 connections', protocol: 'http1', load: over(50) },
  { name: 'c1', title: 'HTTP/1.1, 1 connection', protocol: 'http1', load: over(1) },
  { name: 'body_100k', title: '100 KiB down, 50 connections', protocol: 'http1', load: over(50, large) },
  { name: 'tls_c50', title: 'TLS, 50 connections', protocol: 'http1', secure: true, load: over(50) },
  { name: 'tls_100k', title: 'TLS, 100 KiB down, 50 connections', protocol: 'http1', secure: true, load: over(50, large) },
  {
    name: 'tls_handshakes',
    title: 'TLS, a connection a request',
    protocol: 'http1',
    secure: true,
    load: over(20, '/', ['Connection: close']),
  },
  { name: 'h2', title: 'h2 over TLS, 100 streams', protocol: 'h2c', secure: true, load: streams },
];
