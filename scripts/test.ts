import { parseArgs } from 'node:util';
import { clusterUp } from '../e2e/cluster/up.ts';
import { check } from './check/run.ts';
import { staleFiles } from './generate/stale.ts';
import { bringImages, deploy } from './lib/deploy.ts';
import { endToEnd } from './lib/end-to-end.ts';
import { integration } from './lib/integration.ts';
import { kubectlFor } from './lib/kubectl.ts';
import { main } from './lib/main.ts';
import { type Result, summarize } from './lib/vitest.ts';

const help = `npm test [-- --context NAME]

All of it: types, lint, layers, unit tests; generated files; integration tests (real etcd, kube-apiserver, NATS); then the
cluster, images and components, and the end-to-end tests on them. The last line is "N passed, N failed".
With empty caches Kubernetes is built first: some six minutes on two cores.

  --context NAME    a cluster that exists, for the end-to-end tests`;

/** A stage that either comes to its end or fails as a whole. */
async function stage(name: string, work: () => Promise<void>): Promise<Result> {
  try {
    await work();
    return { name, passed: 1, failed: 0, skipped: [] };
  } catch (error) {
    process.stderr.write(`${name}: ${(error as Error).message}\n`);
    return { name, passed: 0, failed: 1, skipped: [] };
  }
}

async function upToDate(): Promise<void> {
  const stale = await staleFiles();
  if (stale.length > 0) throw new Error(`not what their source says, npm run generate: ${stale.join(', ')}`);
}

const notRun = (name: string, why: string): Result => ({ name, passed: 0, failed: 0, skipped: [`${name}: ${why}`] });

async function all(context: string | undefined): Promise<Result[]> {
  const results = [...(await check()), await stage('generated files', upToDate)];
  // First, although a context is named: it builds the kube-apiserver that the integration tests start.
  const cluster = await stage('cluster', clusterUp);
  results.push(cluster);
  if (cluster.failed === 0) results.push(await integration());
  else results.push(notRun('integration tests', 'there is no cluster'));
  if (cluster.failed > 0 && !context) return [...results, notRun('end to end', 'there is no cluster')];
  const kubectl = kubectlFor(context);
  const deployed = await stage('deploy', async () => deploy(kubectl, await bringImages(kubectl, [])));
  const last = deployed.failed > 0 ? notRun('end to end', 'Ebb is not deployed') : await endToEnd(kubectl);
  return [...results, deployed, last];
}

await main(async () => {
  const { values } = parseArgs({ options: { context: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(help);
    return 0;
  }
  return summarize(await all(values.context));
});
