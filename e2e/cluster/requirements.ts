import { run } from '../../scripts/lib/shell.ts';

const ways = `Two ways that work:
  - run as root on Linux with Go (any 1.2x) installed: the cluster is built and started here
  - name a cluster that exists: --context NAME (kind, k3d, minikube or a real one; see kubectl config get-contexts)`;

/** Says in its first second why a cluster cannot be started here, if so. */
export async function requireLocal(): Promise<void> {
  const why =
    process.platform !== 'linux'
      ? `this is ${process.platform}, not Linux`
      : process.getuid?.() !== 0
        ? 'this is not root'
        : (await run('go', ['version'])).code !== 0
          ? 'there is no Go'
          : undefined;
  if (why) throw new Error(`The local cluster cannot run here: ${why}.\n${ways}`);
}
