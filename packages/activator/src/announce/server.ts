import { type AnnouncementsServer, AnnouncementsService, type AnnounceReply, type ListReply } from '@ebb/shared/proto/gen/announcements.ts';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Announced } from './announced.ts';
import type { Announcements } from './announcements.ts';

export interface AnnouncementServer {
  readonly port: number;
  close(): void;
}

/** A token is a kilobyte or two. */
const mostBytes = 16 * 1024;
/** A pod announces itself once, other activators ask a few times a cold start: connections need not stay. */
const idleMs = 30_000;

/** Serves `ebb.activation.v1.Announcements`. Rejects when the port cannot be had. */
export async function serveAnnouncements(
  { port, host = '[::]' }: { port: number; host?: string },
  announcements: Pick<Announcements, 'announce'>,
  announced: Pick<Announced, 'of'>,
): Promise<AnnouncementServer> {
  const server = new Server({
    'grpc.max_receive_message_length': mostBytes,
    'grpc.max_connection_idle_ms': idleMs,
    'grpc.max_concurrent_streams': 16,
  });
  const service: AnnouncementsServer = {
    announce: ({ request }, reply) => {
      void announcements.announce(request).then((answer: AnnounceReply) => reply(null, answer));
    },
    list: ({ request: { namespace, revision } }, reply) => {
      const answer: ListReply = { pods: announced.of(`${namespace}/${revision}`) };
      reply(null, answer);
    },
  };
  server.addService(AnnouncementsService, service);
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, at) => (error ? reject(error) : resolve(at))),
  );
  return { port: bound, close: () => server.forceShutdown() };
}
