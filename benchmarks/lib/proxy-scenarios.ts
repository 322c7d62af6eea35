import { must } from '../../scripts/lib/shell.ts';
import { parseFigures, type Round, wrk } from './load.ts';

/** One kind of load. */
export interface Scenario {
  name: string;
  title: string;
  protocol: 'http1' | 'h2c';
  /** Over TLS. */
  secure?: boolean;
  /** `host`: the Host header, when it is not the address. */
  load(rig: string, to: { port: number; host?: string; secure?: boolean }, seconds: number): Promise<Round>;
}

const small =
  (connections: number): Scenario['load'] =>
  (_rig, { port, host }, seconds) =>
    wrk({ host: '127.0.0.1', port, virtualHost: host, connections, seconds });

const rigged =
  (args: string[], path = '/'): Scenario['load'] =>
  async (rig, { port, host }, seconds) =>
    parseFigures(await must(rig, [...args, '-host', host ?? '', '-d', String(seconds), `http://127.0.0.1:${port}${path}`]));

const mib = 1024 * 1024;

/** The first is what `.ratio.rps` and `.ratio.cpu_per_request` are of. */
export const scenarios: readonly Scenario[] = [
  { name: 'c50', title: '50 connections', protocol: 'http1', load: small(50) },
  { name: 'c1', title: '1 connection', protocol: 'http1', load: small(1) },
  { name: 'down_1m', title: '1 MiB down, 4 at a time', protocol: 'http1', load: rigged(['-c', '4'], `/bytes?n=${mib}`) },
  { name: 'up_1m', title: '1 MiB up, 4 at a time', protocol: 'http1', load: rigged(['-c', '4', '-upload', String(mib)]) },
  { name: 'down_64m', title: '64 MiB down', protocol: 'http1', load: rigged([], `/bytes?n=${64 * mib}`) },
  { name: 'up_64m', title: '64 MiB up', protocol: 'http1', load: rigged(['-upload', String(64 * mib)]) },
  { name: 'h2c_100', title: 'HTTP/2, 100 streams', protocol: 'h2c', load: rigged(['-h2c', '-c', '100']) },
  { name: 'grpc_1', title: 'gRPC unary, 1 stream', protocol: 'h2c', load: rigged(['-h2c', '-grpc', '-c', '1']) },
  { name: 'grpc_100', title: 'gRPC unary, 100 streams', protocol: 'h2c', load: rigged(['-h2c', '-grpc', '-c', '100']) },
];
