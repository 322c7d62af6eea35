import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { ports } from '@ebb/shared/api/ports.ts';
import { AnnounceReply, AnnounceRequest } from '@ebb/shared/proto/gen/announcements.ts';
import { kubectlProgram, system } from './cluster.ts';

export interface Announcer {
  announce(request: AnnounceRequest): Promise<AnnounceReply>;
  close(): void;
}

/** A way to the announcements port of one activator, from wherever the tests run. */
export async function announcer(pod: string): Promise<Announcer> {
  const args = ['port-forward', '-n', system, `pod/${pod}`, `:${ports.announcements}`, '--address=127.0.0.1'];
  const forward = spawn(kubectlProgram, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(forward, 'exit').then(([code]) => Promise.reject(new Error(`kubectl port-forward ended with code ${code}`)));
  ended.catch(() => undefined);
  const [said] = await Promise.race([once(forward.stdout, 'data'), ended]);
  const port = /127\.0\.0\.1:(\d+)/.exec(String(said))?.[1];
  if (!port) throw new Error(`kubectl port-forward said ${said}`);
  return {
    async announce(request) {
      const message = AnnounceRequest.encode(request).finish();
      const head = Buffer.alloc(5);
      head.writeUInt32BE(message.length, 1);
      const session = connect(`http://127.0.0.1:${port}`);
      const stream = session.request({
        ':method': 'POST',
        ':path': '/ebb.activation.v1.Announcements/Announce',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      stream.end(Buffer.concat([head, message]));
      const chunks: Buffer[] = await stream.toArray().finally(() => session.destroy());
      return AnnounceReply.decode(Buffer.concat(chunks).subarray(head.length));
    },
    close: () => void forward.kill(),
  };
}
