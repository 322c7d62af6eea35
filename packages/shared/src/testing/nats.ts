import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, type Program, programFromEnv, startProgram, temporaryFolder } from './programs.ts';

/** A nats-server with JetStream on a loopback port that stays its own. */
export interface TestNats {
  url: string;
  start(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Forgets all it has stored. */
  wipe(): void;
  stop(): Promise<void>;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (d) => {
      socket.destroy();
      resolve(d.toString().startsWith('INFO'));
    });
    socket.once('error', () => resolve(false));
  });

/** EBB_NATS_SERVER is the path of `nats-server`. Not started yet: some tests begin without one. */
export async function testNats(): Promise<TestNats> {
  const path = programFromEnv('EBB_NATS_SERVER');
  const dir = temporaryFolder();
  const store = join(dir.path, 'store');
  const port = await freePort();
  let server: Program | undefined;
  const kill = async () => {
    await server?.end('SIGKILL');
    server = undefined;
  };
  return {
    url: `nats://127.0.0.1:${port}`,
    async start() {
      const args = ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', store];
      server = await startProgram({ path, args, ready: () => answers(port) });
    },
    kill,
    wipe: () => rmSync(store, { recursive: true, force: true }),
    async stop() {
      await kill();
      dir.remove();
    },
  };
}
