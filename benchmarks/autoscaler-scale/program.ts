/**
 * The autoscaler without a cluster: `program.ts <revisions> <port>` takes reports for so many revisions and decides on them.
 * It prints `listening`, and `decided <name>` when the desired scale of a revision changes.
 */

import type { PodAutoscaler } from '@ebb/shared/api/kinds.ts';
import { configTables } from '@ebb/shared/config/tables.ts';
import { systemClock as clock } from '@ebb/shared/lib/clock.ts';
import { tickMs } from '../../packages/autoscaler/src/core/decide.ts';
import { specOf } from '../../packages/autoscaler/src/core/spec.ts';
import { Deciders, phases } from '../../packages/autoscaler/src/deciders.ts';
import { Collections } from '../../packages/autoscaler/src/stats/collections.ts';
import { createIngest } from '../../packages/autoscaler/src/stats/ingest.ts';
import { startStatsServer } from '../../packages/autoscaler/src/stats/server.ts';

const [revisions, port] = process.argv.slice(2).map(Number) as [number, number];
const config = configTables['config-autoscaler'].parse({});
const deployment = configTables['config-deployment'].parse({ 'queue-sidecar-image': 'queue' });
const pa = { metadata: { name: 'r', namespace: 'n', annotations: {} }, spec: {} } as unknown as PodAutoscaler;
const ownership = { leads: () => true, owns: () => true, ownerOf: () => '', owners: () => ({}) };
const collections = new Collections();
const none = () => undefined;
const deciders = new Deciders({
  clock,
  collections,
  readyPods: () => 0,
  changed: none,
  panicked: none,
  decided: (key) => process.stdout.write(`decided ${key.slice(key.indexOf('/') + 1)}\n`),
});
for (let i = 0; i < revisions; i++) {
  const key = `n/r${i}`;
  const spec = specOf(pa, config, deployment);
  collections.ensure(key, spec);
  deciders.ensure(key, spec);
}
const receive = createIngest({ ownership, clock, collections, deciders, forwarder: { send: none }, dropped: none });
void startStatsServer({ port, receive, owners: ownership.owners, owns: ownership.owns }).then(() => {
  let part = 0;
  setInterval(() => deciders.tick(part++ % phases), tickMs / phases);
  process.stdout.write('listening\n');
});
