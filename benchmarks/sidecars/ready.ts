import { request } from 'node:http';
import { headers, probeValues } from '@ebb/shared/api/headers.ts';

/** Asks as the kubelet would, every two milliseconds, until the queue-proxy says that its pod is ready. */
export async function untilReady(port: number, gone: () => boolean): Promise<void> {
  const until = performance.now() + 20_000;
  while (!(await once(port))) {
    if (gone() || performance.now() > until) throw new Error(`nobody is ready at port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function once(port: number): Promise<boolean> {
  const asked = { [headers.probe]: probeValues.queue, 'user-agent': 'kube-probe/1.35' };
  return new Promise((resolve) => {
    const req = request({ host: '127.0.0.1', port, agent: false, headers: asked }, (res) => {
      res.resume();
      resolve(res.statusCode === 200);
    });
    req.on('error', () => resolve(false));
    req.end();
  });
}
