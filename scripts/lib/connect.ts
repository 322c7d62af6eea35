import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kubectl } from './kubectl.ts';

/**
 * The path of a kubeconfig that knows the cluster meant and no other, for programs that take no `--context`. It is
 * removed when this process ends.
 */
export async function kubeconfigOf(kubectl: Kubectl): Promise<string> {
  if (kubectl.target.kubeconfig) return kubectl.target.kubeconfig;
  const dir = mkdtempSync(join(tmpdir(), 'ebb-kubeconfig-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'kubeconfig');
  writeFileSync(file, await kubectl(['config', 'view', '--minify', '--flatten', '--raw']), { mode: 0o600 });
  return file;
}
