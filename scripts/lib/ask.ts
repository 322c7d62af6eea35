import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** From the start of the request to the answer's head. */
  firstByteMs: number;
}

export interface AskOptions {
  path?: string;
  headers?: Record<string, string>;
  /** Generous: a request at zero is held until a pod is there. */
  timeoutMs?: number;
  /** Unless told, the request has a connection of its own. */
  agent?: Agent | false;
}

/** One request through a gateway, as curl makes it: the host in the Host header. An error names host, path and time. */
export function ask(gateway: { host: string; port: number }, host: string, options: AskOptions = {}): Promise<Answer> {
  const { path = '/', headers = {}, timeoutMs = 60_000, agent = false } = options;
  const started = performance.now();
  const to = { host: gateway.host, port: gateway.port, path, agent, headers: { host, ...headers }, signal: AbortSignal.timeout(timeoutMs) };
  return new Promise((resolve, reject) => {
    const req = request(to, (res) => {
      const firstByteMs = performance.now() - started;
      let body = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        body += chunk;
      });
      res.on('error', reject);
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body, firstByteMs }));
    });
    req.on('error', (e) =>
      reject(new Error(`${host}${path}: no answer after ${Math.round(performance.now() - started)} ms: ${e.message}`)),
    );
    req.end();
  });
}
