import type { AddressInfo } from 'node:net';
import { configTables } from '@ebb/shared/config/tables.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { startMetrics } from '@ebb/shared/telemetry/metrics.ts';
import { issue } from '../../packages/webhook/src/certs/issue.ts';
import { createServer } from '../../packages/webhook/src/handler/server.ts';
import { createAdmission } from '../../packages/webhook/src/handler/stack.ts';
import { connectReviewer, type Reviewer } from '../lib/review.ts';
import { askAbout, sentBy } from './ask.ts';
import { compare, type Difference } from './compare.ts';
import { type ConfigSet, dataOf, setNames } from './corpus/config-sets.ts';
import { corpus } from './corpus/index.ts';
import { answerOf, askedHash, beforeOf, readFixtures } from './fixtures.ts';

/** Ebb's webhook with a set's settings, on a port of loopback: all of it but the parts that talk to a cluster. */
async function serve(set: ConfigSet): Promise<{ reviewer: Reviewer; close(): Promise<void> }> {
  const config = {
    'config-autoscaler': configTables['config-autoscaler'].parse(dataOf(set, 'config-autoscaler')),
    'config-defaults': configTables['config-defaults'].parse(dataOf(set, 'config-defaults')),
    'config-features': configTables['config-features'].parse(dataOf(set, 'config-features')),
  };
  const metrics = await startMetrics('webhook', 0);
  const bus = { publish() {}, subscribe: () => () => {}, request: () => Promise.reject(new Error('no bus')), close: async () => {} };
  const decide = createAdmission({
    settings: () => ({ config, clusterDomain: 'cluster.local' }),
    tryPod: () => Promise.reject(new Error('no cluster')),
    bus: bus as never,
    log: createLogger('bench', 'silent'),
    meter: metrics.meter,
  });
  const server = createServer(decide, await issue(['localhost', 'localhost'], Date.now()));
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  const reviewer = connectReviewer((server.app.server.address() as AddressInfo).port);
  return {
    reviewer,
    async close() {
      reviewer.close();
      await server.app.close();
      await metrics.close();
    },
  };
}

export interface Replayed {
  total: number;
  /** Cases without any difference. */
  agree: number;
  differences: Difference[];
  /** Cases whose question is not the one that was captured. */
  stale: string[];
}

/** Asks Ebb what the peer was asked, and compares. */
export async function replay(signal: AbortSignal): Promise<Replayed> {
  const fixtures = readFixtures();
  const out: Replayed = { total: corpus.length, agree: 0, differences: [], stale: [] };
  for (const set of setNames) {
    const { reviewer, close } = await serve(set);
    for (const c of corpus.filter((c) => c.config === set)) {
      signal.throwIfAborted();
      const fixture = fixtures.get(c.id);
      const before = fixture && beforeOf(c, fixture);
      const sent = fixture && sentBy(c, before);
      if (!fixture || fixture.asked !== askedHash(c, sent)) {
        out.stale.push(c.id);
        continue;
      }
      const found = compare(c.id, answerOf(fixture, sent), await askAbout(reviewer, c, before));
      if (found.length === 0) out.agree++;
      out.differences.push(...found);
    }
    await close();
  }
  return out;
}
