import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildah, buildImage } from '../../e2e/cluster/buildah.ts';
import { inCache } from '../../e2e/cluster/paths.ts';
import { step } from '../lib/progress.ts';
import { must, root, run } from '../lib/shell.ts';

const packages = ['base-files', 'ca-certificates', 'libc6', 'libgcc-s1', 'libstdc++6', 'netbase', 'tzdata'];
/** Raised when the recipe below changes. */
const recipe = 1;

const dockerfile = `FROM scratch
COPY rootfs /
ENV PATH=/nodejs/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node"]
`;

/**
 * A Node base image from Debian packages and the Node of the npm package `node`, laid out as the distroless images are:
 * for machines that reach package registries but no image registry. Built once a version; returns its reference.
 */
export async function nodeBase(): Promise<string> {
  const node = join(root, 'node_modules/node/bin/node');
  const version = (await must(node, ['--version'])).trim().slice(1);
  const ref = `localhost/ebb/node-base:${version}-${recipe}`;
  if ((await buildah('images', '--format', '{{.Name}}:{{.Tag}}')).split('\n').includes(ref)) return ref;
  await step(`build the base image (Node ${version}, Debian's libc)`, async () => {
    const dir = inCache('node-base');
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(join(dir, 'rootfs/nodejs/bin'), { recursive: true });
    await download(dir);
    for (const deb of readdirSync(dir).filter((f) => f.endsWith('.deb'))) await must('dpkg', ['-x', join(dir, deb), join(dir, 'rootfs')]);
    for (const unused of ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/lib/x86_64-linux-gnu/gconv'])
      rmSync(join(dir, 'rootfs', unused), { recursive: true, force: true });
    trustDebiansAuthorities(join(dir, 'rootfs'));
    const etc = join(dir, 'rootfs/etc');
    writeFileSync(join(etc, 'passwd'), 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n');
    writeFileSync(join(etc, 'group'), 'root:x:0:\nnonroot:x:65532:\n');
    writeFileSync(join(etc, 'nsswitch.conf'), 'hosts: files dns\n');
    copyFileSync(node, join(dir, 'rootfs/nodejs/bin/node'));
    // Debug symbols are a fifth of it; without binutils they stay.
    await run('strip', ['--strip-unneeded', join(dir, 'rootfs/nodejs/bin/node')]);
    writeFileSync(join(dir, 'Dockerfile'), dockerfile);
    await buildImage({ ref, dockerfile: join(dir, 'Dockerfile'), context: dir });
    rmSync(dir, { recursive: true, force: true });
  });
  return ref;
}

async function download(dir: string): Promise<void> {
  const get = () => run('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', ...packages], { cwd: dir });
  let got = await get();
  if (got.code !== 0) {
    await must('apt-get', ['-q', 'update']);
    got = await get();
  }
  if (got.code !== 0) throw new Error(`cannot download ${packages.join(', ')}:\n${got.output.trim()}`);
}

/** What the package's installation script would do: one file with all authorities. */
function trustDebiansAuthorities(rootfs: string): void {
  const from = join(rootfs, 'usr/share/ca-certificates/mozilla');
  const all = readdirSync(from)
    .sort()
    .map((f) => readFileSync(join(from, f), 'utf8'));
  mkdirSync(join(rootfs, 'etc/ssl/certs'), { recursive: true });
  writeFileSync(join(rootfs, 'etc/ssl/certs/ca-certificates.crt'), all.join(''));
}
