import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archived } from '../../e2e/cluster/archive.ts';
import { buildGo, buildOwn, goProgram } from '../../e2e/cluster/build.ts';
import { inCache } from '../../e2e/cluster/paths.ts';
import { step } from '../lib/progress.ts';
import { root } from '../lib/shell.ts';
import { type Builder, findBuilder } from './builder.ts';
import { bundle, compilerName } from './bundle.ts';
import { type Image, imagesNamed } from './table.ts';

/** An image as it was built: the archive, and the image's ID, which changes when a rebuild changes what is in it. */
export interface Built {
  name: string;
  ref: string;
  tar: string;
  /** `sha256:…` */
  id: string;
}

/** A build context: its folder, the Dockerfile, the arguments, and the files that decide about the content. */
interface Context {
  dir: string;
  dockerfile: string;
  args: Record<string, string>;
  files: string[];
}

const fileName = (ref: string): string => ref.replace(/^dev\.local\/ebb\//, '').replace(/[:/]/g, '-');
const dockerfile = (name: string): string => join(root, 'deploy/images', name);

/** Makes everything an image is built from, so that its hash can be compared before anything is built. */
async function prepare(image: Image, base: () => Promise<string | undefined>): Promise<Context> {
  const dir = inCache('images', 'context', fileName(image.ref));
  mkdirSync(dir, { recursive: true });
  if (image.kind === 'service') {
    const main = await bundle(image.source, dir);
    const name = await base();
    return {
      dir,
      dockerfile: dockerfile('Dockerfile'),
      args: { NODE_OPTIONS: image.nodeOptions, ...(name ? { BASE: name } : {}) },
      files: [main, join(dir, compilerName)],
    };
  }
  const program = join(dir, 'program');
  if (image.kind === 'nats') {
    await buildGo('nats');
    copyFileSync(goProgram('nats', 'nats-server'), program);
  } else {
    await buildOwn(join(root, 'e2e/images/hello'), program, `-X main.version=${image.says}`);
  }
  return { dir, dockerfile: dockerfile('program.Dockerfile'), args: {}, files: [program] };
}

function contentOf({ dockerfile, args, files }: Context): string {
  const hash = createHash('sha256').update(JSON.stringify(args));
  for (const file of [dockerfile, ...files]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

async function buildOne(image: Image, builder: Builder, context: Context): Promise<Built> {
  const tar = inCache('images', `${fileName(image.ref)}.tar`);
  const stamp = `${tar}.content`;
  const content = contentOf(context);
  const same = existsSync(tar) && existsSync(stamp) && readFileSync(stamp, 'utf8') === content;
  if (!same) {
    await step(`build ${image.ref}`, () => builder.build({ ref: image.ref, tar, ...context, context: context.dir }));
    writeFileSync(stamp, content);
  }
  return { name: image.name, ref: image.ref, tar, id: (await archived(tar)).id };
}

export interface BuildOptions {
  /** The base of the services; absent, one is made from packages. */
  base?: string;
}

/** Builds the images of these names (all without any) whose content changed, and says where the archives are. */
export async function buildImages(names: readonly string[] = [], options: BuildOptions = {}): Promise<Built[]> {
  const builder = await findBuilder();
  let made: Promise<string | undefined> | undefined;
  const base = (): Promise<string | undefined> => {
    made ??= options.base ? builder.pull(options.base).then(() => options.base) : builder.defaultBase();
    return made;
  };
  const built: Built[] = [];
  const wanted = imagesNamed(names);
  const contexts = await Promise.all(wanted.map((image) => prepare(image, base)));
  for (const [i, image] of wanted.entries()) built.push(await buildOne(image, builder, contexts[i] as Context));
  return built;
}

/** The archives of all images, built where needed. */
export const imageTars = async (): Promise<string[]> => (await buildImages()).map((b) => b.tar);
