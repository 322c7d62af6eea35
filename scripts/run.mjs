// Runs one of the root scripts (scripts/<name>.ts) on the pinned Node.
// The Node on the machine only bootstraps: it installs the workspace once (pnpm and Node 24 come from
// npm) and hands over. Plain JavaScript, no dependencies, so that any Node from 20 on can start it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [name, ...args] = process.argv.slice(2);
const stamp = join(root, 'node_modules', '.ebb-installed');
const nodeBinary = join(root, 'node_modules', 'node', 'bin', 'node');

/** True when node_modules was installed after the lock file and the catalog last changed. */
function installed() {
  if (!existsSync(stamp) || !existsSync(nodeBinary)) return false;
  const at = statSync(stamp).mtimeMs;
  return ['pnpm-lock.yaml', 'pnpm-workspace.yaml'].every((f) => !existsSync(join(root, f)) || statSync(join(root, f)).mtimeMs <= at);
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`ebb: Node ${process.versions.node} is too old to bootstrap; any Node from 20 on will do`);
  process.exit(64);
}
if (!name || !existsSync(join(root, 'scripts', `${name}.ts`))) {
  const known = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts).join(', ');
  console.error(`ebb: no script ${JSON.stringify(name ?? '')}; npm run one of: ${known}`);
  process.exit(64);
}
if (!installed()) {
  console.error('ebb: installing the workspace (pnpm, Node 24) …');
  const started = Date.now();
  const frozen = process.env.CI ? ['--frozen-lockfile'] : [];
  const done = spawnSync('npx', ['--yes', '--package=node@24', '--package=pnpm@12', '--', 'pnpm', 'install', ...frozen], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (done.status !== 0) {
    console.error('ebb: pnpm install failed, see above');
    process.exit(done.status ?? 1);
  }
  writeFileSync(stamp, '');
  const now = new Date();
  utimesSync(stamp, now, now);
  console.error(`ebb: installed in ${((Date.now() - started) / 1000).toFixed(0)} s`);
}
const child = spawn(nodeBinary, ['--disable-warning=ExperimentalWarning', join(root, 'scripts', `${name}.ts`), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${dirname(nodeBinary)}:${process.env.PATH}` },
});
// A script may have something to take back: it decides when it ends. Ctrl-C reaches it by itself.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
