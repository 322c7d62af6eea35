import { Agent, request } from 'node:https';
import type { AdmissionRequest, Decision } from '../../packages/webhook/src/admission/review.ts';
import type { RoutePath } from '../../packages/webhook/src/handler/stack.ts';

/** Asks one webhook over HTTPS, as an API server does: connections are kept. */
export interface Reviewer {
  review(path: RoutePath, asked: Omit<AdmissionRequest, 'uid'>): Promise<Decision>;
  /** Sends a body that is ready; resolves to the answer's. */
  post(path: RoutePath, body: Buffer): Promise<string>;
  /** Whether a kubelet's probe is answered with 200. */
  answers(): Promise<boolean>;
  close(): void;
}

interface Response {
  uid: string;
  allowed: boolean;
  warnings?: string[];
  patch?: string;
  status?: { message?: string };
}

const bodyOf = (asked: Omit<AdmissionRequest, 'uid'>, uid: string): Buffer =>
  Buffer.from(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { uid, ...asked } }));

/** What a webhook's answer says. */
export function decisionOf(body: string): Decision {
  const { response } = JSON.parse(body) as { response: Response };
  const { allowed, warnings, patch, status } = response;
  return {
    ...(allowed ? {} : { denied: status?.message ?? '' }),
    ...(warnings?.length ? { warnings } : {}),
    ...(patch ? { patch: JSON.parse(Buffer.from(patch, 'base64').toString('utf8')) as Decision['patch'] } : {}),
  };
}

/** A client of the webhook on a port of loopback; its certificate is not looked at. */
export function connectReviewer(port: number): Reviewer {
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  let count = 0;
  const send = (method: string, path: string, headers: Record<string, string | number>, body?: Buffer) =>
    new Promise<{ code: number; text: string }>((resolve, reject) => {
      const req = request({ agent, host: '127.0.0.1', port, method, path, headers }, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (c: Buffer) => chunks.push(c));
        res.on('end', () => resolve({ code: res.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
        res.on('error', reject);
      });
      req.on('error', reject);
      req.end(body);
    });
  const post = async (path: RoutePath, body: Buffer): Promise<string> => {
    const { code, text } = await send('POST', path, { 'content-type': 'application/json', 'content-length': body.length }, body);
    if (code !== 200) throw new Error(`POST ${path}: ${code} ${text}`);
    return text;
  };
  return {
    post,
    review: async (path, asked) => decisionOf(await post(path, bodyOf(asked, `review-${++count}`))),
    answers: async () => (await send('GET', '/', { 'user-agent': 'kube-probe/1.35' })).code === 200,
    close: () => agent.destroy(),
  };
}
