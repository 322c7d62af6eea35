import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../../scripts/lib/progress.ts';
import { must, run } from '../../scripts/lib/shell.ts';
import { debianPackages, kubernetesCommands, stagingModules, versions } from './parts.ts';
import { inCache } from './paths.ts';

const buildLog = inCache('logs', 'build.log');
// All of it runs in Linux, wherever it is built.
const goEnv = { GOOS: 'linux', CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local', GOWORK: 'off' };

/** One Go program or set of programs, built once into `dir`. */
interface GoPart {
  name: string;
  /** Folder under the cache, with the version. */
  dir: string;
  /** Programs it makes: name → package path. */
  programs: Record<string, string>;
  goMod: string;
  /** Further Go files: a file that imports the programs' packages, or a main of its own. */
  files: Record<string, string>;
  ldflags?: string;
}

const moduleOnly = (name: string, module: string, version: string, programs: Record<string, string>): GoPart => ({
  name: `${name} ${version}`,
  dir: `${name}-${version}`,
  programs,
  goMod: `module ebb.local/${name}\n\ngo 1.24\n\nrequire ${module} v${version}\n`,
  files: { 'tools.go': importsOf(Object.values(programs)) },
});

const importsOf = (packages: readonly string[]): string =>
  `//go:build tools\n\npackage tools\n\nimport (\n${packages.map((p) => `\t_ "${p}"`).join('\n')}\n)\n`;

const k8sPackages = Object.fromEntries(kubernetesCommands.map((c) => [c, `k8s.io/kubernetes/cmd/${c}`]));
const minor = versions.kubernetes.split('.')[1];

/** Only the plugins the cluster's Corefile names: the stock program has fifty and takes two minutes to build. */
const corednsMain = `package main

import (
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/reload"

	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
)

func init() {
	dnsserver.Directives = []string{"bind", "reload", "health", "ready", "errors", "cache", "kubernetes"}
}

func main() { coremain.Run() }
`;

const goParts: Record<'kubernetes' | 'coredns' | 'nats' | 'metrics-server', GoPart> = {
  kubernetes: {
    name: `Kubernetes ${versions.kubernetes}`,
    dir: `kubernetes-${versions.kubernetes}`,
    programs: k8sPackages,
    goMod: [
      'module ebb.local/kubernetes\n\ngo 1.25.0\n',
      `require k8s.io/kubernetes v${versions.kubernetes}\n`,
      `replace (\n${stagingModules.map((m) => `\tk8s.io/${m} => k8s.io/${m} v0.${versions.kubernetes.slice(2)}`).join('\n')}\n)\n`,
    ].join('\n'),
    files: { 'tools.go': importsOf(Object.values(k8sPackages)) },
    ldflags: ['gitVersion=v', 'gitMajor=', 'gitMinor=']
      .map((f, i) => `-X k8s.io/component-base/version.${f}${[versions.kubernetes, '1', minor][i]}`)
      .join(' '),
  },
  coredns: {
    name: `CoreDNS ${versions.coredns}`,
    dir: `coredns-${versions.coredns}`,
    programs: { coredns: '.' },
    goMod: `module ebb.local/coredns\n\ngo 1.24\n\nrequire github.com/coredns/coredns v${versions.coredns}\n`,
    files: { 'main.go': corednsMain },
  },
  'metrics-server': moduleOnly('metrics-server', 'sigs.k8s.io/metrics-server', versions.metricsServer, {
    'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server',
  }),
  nats: moduleOnly('nats', 'github.com/nats-io/nats-server/v2', versions.nats, { 'nats-server': 'github.com/nats-io/nats-server/v2' }),
};

/** Where a built program is, whether or not it has been built. */
export const goProgram = (part: keyof typeof goParts, name: string): string => inCache(goParts[part].dir, name);

/** Builds a part unless its programs are there. Programs appear under their name only when they are whole. */
export async function buildGo(key: keyof typeof goParts): Promise<void> {
  const part = goParts[key];
  const wanted = Object.keys(part.programs).filter((p) => !existsSync(inCache(part.dir, p)));
  if (wanted.length === 0) return;
  const src = inCache('src', part.dir);
  mkdirSync(src, { recursive: true });
  mkdirSync(inCache(part.dir), { recursive: true });
  if (!existsSync(join(src, 'go.sum'))) {
    writeFileSync(join(src, 'go.mod'), part.goMod);
    for (const [name, text] of Object.entries(part.files)) writeFileSync(join(src, name), text);
    await step(`fetch the sources of ${part.name}`, () => must('go', ['mod', 'tidy'], { cwd: src, env: goEnv, log: buildLog }));
  }
  for (const program of wanted) {
    await step(`build ${program} (${part.name})`, async () => {
      const out = inCache(part.dir, `.${program}`);
      const ldflags = `-s -w ${part.ldflags ?? ''}`.trim();
      const args = ['build', '-trimpath', '-ldflags', ldflags, '-o', out, part.programs[program] ?? ''];
      await must('go', args, { cwd: src, env: goEnv, log: buildLog });
      chmodSync(out, 0o755);
      renameSync(out, inCache(part.dir, program));
    });
  }
}

/** Builds a small program of ours (a folder with go.mod and main.go) into `out`, statically. */
export async function buildOwn(source: string, out: string, ldflags = ''): Promise<void> {
  mkdirSync(join(out, '..'), { recursive: true });
  rmSync(`${out}.new`, { force: true });
  await must('go', ['build', '-trimpath', '-ldflags', `-s -w ${ldflags}`.trim(), '-o', `${out}.new`, '.'], {
    cwd: source,
    env: { ...goEnv, GOFLAGS: '' },
    log: buildLog,
  });
  renameSync(`${out}.new`, out);
}

/** Installs the Debian packages whose programs are missing. */
export async function installPackages(): Promise<void> {
  const missing = Object.entries(debianPackages)
    .filter(([, program]) => !existsSync(program))
    .map(([name]) => name);
  if (missing.length === 0) return;
  const apt = (...args: string[]) => must('apt-get', ['-q', ...args], { env: { DEBIAN_FRONTEND: 'noninteractive' }, log: buildLog });
  await step(`install ${missing.join(', ')}`, async () => {
    const install = ['install', '-y', '--no-install-recommends', ...missing];
    const tried = await run('apt-get', ['-q', ...install], { env: { DEBIAN_FRONTEND: 'noninteractive' }, log: buildLog });
    if (tried.code === 0) return;
    await apt('update');
    await apt(...install);
  });
}
