import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { must, run } from '../../scripts/lib/shell.ts';
import { net } from './parts.ts';
import { inState } from './paths.ts';

/** The node's own bridge and address, forwarding, and the pod network's configuration. Repeatable. */
export async function setUpNetwork(): Promise<void> {
  if ((await run('ip', ['link', 'show', net.bridge])).code !== 0) await must('ip', ['link', 'add', net.bridge, 'type', 'bridge']);
  await run('ip', ['addr', 'add', `${net.node}/24`, 'dev', net.bridge]);
  await must('ip', ['link', 'set', net.bridge, 'up']);
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
  for (const key of ['bridge/bridge-nf-call-iptables', 'ipv4/conf/all/route_localnet']) {
    if (existsSync(`/proc/sys/net/${key}`)) writeFileSync(`/proc/sys/net/${key}`, '1');
  }
  await shareNamespaces();
  mkdirSync(inState('cni'), { recursive: true });
  const bridge = {
    type: 'bridge',
    bridge: net.podBridge,
    isGateway: true,
    ipMasq: true,
    hairpinMode: true,
    ipam: {
      type: 'host-local',
      dataDir: inState('cni-addresses'),
      ranges: [[{ subnet: net.nodePods }]],
      routes: [{ dst: '0.0.0.0/0' }],
    },
  };
  const conflist = { cniVersion: '0.4.0', name: 'ebb', plugins: [bridge, { type: 'portmap', capabilities: { portMappings: true } }] };
  writeFileSync(inState('cni', '10-ebb.conflist'), JSON.stringify(conflist, null, 2));
}

/**
 * Makes the folder of named network namespaces a shared mount, as the first `ip netns add` on a machine does. Done later, by somebody else,
 * that mount would hide the namespaces of the pods that run by then, and none of those pods could be removed any more.
 */
async function shareNamespaces(): Promise<void> {
  const folder = '/run/netns';
  mkdirSync(folder, { recursive: true });
  if ((await run('mountpoint', ['-q', folder])).code === 0) return;
  await must('mount', ['--bind', folder, folder]);
  await must('mount', ['--make-shared', folder]);
}

/** Takes away the bridges and the rules that were made for the pod network. */
export async function tearDownNetwork(): Promise<void> {
  for (const link of [net.bridge, net.podBridge]) await run('ip', ['link', 'delete', link]);
  const rules = (await run('iptables-save', ['-t', 'nat'])).stdout.split('\n');
  const chains = new Set(rules.flatMap((r) => (r.includes('name: \\"ebb\\"') ? [/-j (CNI-[0-9a-f]+)/.exec(r)?.[1] ?? ''] : [])));
  if (chains.size === 0) return;
  const kept = rules.filter((r) => ![...chains].some((c) => c && r.includes(c)));
  await run('iptables-restore', ['-T', 'nat'], { input: `${kept.join('\n')}\n` });
}
