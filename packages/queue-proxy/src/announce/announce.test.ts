import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type AnnouncementsServer, AnnouncementsService, AnnounceReply, AnnounceRequest } from '@ebb/shared/proto/gen/announcements.ts';
import { cleanUp, closedPort, onCleanUp, started } from '@ebb/shared/testing/http.ts';
import { temporaryFolder } from '@ebb/shared/testing/programs.ts';
import { Server, ServerCredentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { unary } from './call.ts';
import { announce } from './index.ts';
import { decode, encode } from './message.ts';
import { clusterDomainOf } from './resolv.ts';

afterEach(cleanUp);

const env = {
  SERVING_POD: 'hello-00001-abc',
  SERVING_POD_IP: '10.1.2.3',
  SERVING_NAMESPACE: 'default',
  SERVING_REVISION: 'hello-00001',
  SERVING_READINESS_PROBE: '{"tcpSocket":{"port":8080}}',
};
const request = { pod: 'hello-00001-abc', namespace: 'default', revision: 'hello-00001', address: '10.1.2.3', token: 'a.b.c' };
const accepted = { accepted: true, reason: '', retryAfterMs: 0 };

function tokenFile(content = 'a.b.c\n'): string {
  const dir = temporaryFolder();
  onCleanUp(() => dir.remove());
  writeFileSync(join(dir.path, 'ebb'), content);
  return join(dir.path, 'ebb');
}

/** An activator's gRPC server, as grpc-js makes it, that answers in turn. */
async function activator(...answers: (AnnounceReply | Partial<ServiceError>)[]) {
  const heard: AnnounceRequest[] = [];
  const service: AnnouncementsServer = {
    announce({ request }, callback) {
      heard.push(request);
      const answer = answers[Math.min(heard.length, answers.length) - 1];
      if (answer && 'code' in answer) callback(answer);
      else callback(null, answer as AnnounceReply);
    },
    list: (_, callback) => callback({ code: status.UNIMPLEMENTED }),
  };
  const server = new Server();
  server.addService(AnnouncementsService, service);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  onCleanUp(() => server.forceShutdown());
  return { heard, at: { host: '127.0.0.1', port } };
}

describe('messages by hand are those of the generated code', () => {
  it.each([
    ['short ones', request],
    ['long ones', { ...request, token: 'x'.repeat(20_000), pod: 'ü'.repeat(100) }],
    ['empty ones', { pod: '', namespace: '', revision: '', address: '', token: '' }],
  ])('requests: %s', (_, message) => {
    expect(AnnounceRequest.decode(encode(message))).toEqual(message);
  });

  it.each([
    accepted,
    { accepted: false, reason: 'the pod is not known (yet): ü', retryAfterMs: 200 },
    { accepted: false, reason: 'x'.repeat(300), retryAfterMs: 2 ** 31 },
  ])('replies: %o', (reply) => {
    expect(decode(Buffer.from(AnnounceReply.encode(reply).finish()))).toEqual(reply);
  });

  it('a reply of a later version is read as far as it is known', () => {
    const later = Buffer.concat([Buffer.from([8, 1]), Buffer.from([0x7a, 3, 1, 2, 3]), Buffer.from([0xa0, 1, 0xff, 1])]);
    expect(decode(later)).toEqual(accepted);
  });

  it.each([[[0x80]], [[8]], [[13, 0, 0, 0, 0]]])('what is no message is an error: %o', (bytes) => {
    expect(() => decode(Buffer.from(bytes))).toThrow(RangeError);
  });
});

describe('announce', () => {
  it('tells a gRPC server who this is and where', async () => {
    const { heard, at } = await activator(accepted);
    const one = announce({ env, tokenFile: tokenFile(), activator: at });
    await one.sent;
    expect(await one.done).toEqual(accepted);
    expect(heard).toEqual([request]);
  });

  it('tries again when told to, and when there was no answer', async () => {
    const again = { accepted: false, reason: 'not now', retryAfterMs: 1 };
    const { heard, at } = await activator(again, { code: status.UNAVAILABLE }, accepted);
    expect(await announce({ env, tokenFile: tokenFile(), activator: at }).done).toEqual(accepted);
    expect(heard).toHaveLength(3);
  });

  it('takes no for an answer', async () => {
    const no = { accepted: false, reason: 'not your revision', retryAfterMs: 0 };
    const { heard, at } = await activator(no);
    expect(await announce({ env, tokenFile: tokenFile(), activator: at }).done).toEqual(no);
    expect(heard).toHaveLength(1);
  });

  it.each([
    ['a token', env, ''],
    ['a readiness probe', { ...env, SERVING_READINESS_PROBE: '' }, 'a.b.c'],
    ['an address', { ...env, SERVING_POD_IP: undefined }, 'a.b.c'],
  ])('says nothing without %s', async (_, given, token) => {
    const { heard, at } = await activator(accepted);
    const one = announce({ env: given, tokenFile: tokenFile(token), activator: at });
    await one.sent;
    expect(await one.done).toBeUndefined();
    expect(heard).toEqual([]);
  });
});

describe('a call', () => {
  const call = (port: number, timeoutMs = 2_000) =>
    unary({ host: '127.0.0.1', port, authority: 'a', path: '/x.Y/Z', message: Buffer.from('m'), timeoutMs });

  it('fails where nobody listens, for both who wait', async () => {
    const { sent, reply } = call(await closedPort());
    await expect(sent).rejects.toThrow('ECONNREFUSED');
    await expect(reply).rejects.toThrow('ECONNREFUSED');
  });

  it('fails when the method is not there', async () => {
    const { at } = await activator(accepted);
    await expect(call(at.port).reply).rejects.toThrow('an answer without a message');
  });

  it.each([
    ['closes', '', 'the connection was closed without an answer'],
    ['says nothing', undefined, 'no answer within 50 ms'],
    ['goes away', Buffer.from([0, 0, 0, 7, 0, 0, 0, 0, 0]), 'the server refused the call'],
    ['sends without end', Buffer.alloc(200_000, 0xff), 'an answer of more than 65536 bytes'],
  ])('fails when the server %s', async (_, answer, text) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      if (answer === '') socket.end();
      else if (answer) socket.write(answer);
    });
    await expect(call(await started(server), 50).reply).rejects.toThrow(text);
  });
});

describe("the cluster's domain", () => {
  it.each([
    ['search default.svc.cluster.local svc.cluster.local cluster.local example.com\nnameserver 10.96.0.10\n', 'cluster.local'],
    ['nameserver 10.96.0.10\nsearch ns.svc.corp.example svc.corp.example corp.example\noptions ndots:5\n', 'corp.example'],
    ['nameserver 10.0.0.1\nsearch example.com\n', 'cluster.local'],
    ['', 'cluster.local'],
  ])('by %j', (text, domain) => {
    expect(clusterDomainOf(text)).toBe(domain);
  });
});
