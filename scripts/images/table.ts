import { versions } from '../../e2e/cluster/parts.ts';
import { version } from '../lib/version.ts';

/** An image Ebb builds: a service's bundle on Node, or one static Go program. */
export type Image =
  /** `nodeOptions`: flags Node runs it with. */
  | { name: string; ref: string; kind: 'service'; source: string; nodeOptions: string }
  | { name: string; ref: string; kind: 'nats' }
  | { name: string; ref: string; kind: 'hello'; says: string };

const service = (name: string, image = name, nodeOptions = '') =>
  ({ name, ref: `dev.local/ebb/${image}:${version}`, kind: 'service', source: `packages/${name}/src/main.ts`, nodeOptions }) as const;

/**
 * Proxies make little garbage that lives: a young generation that stays in the processor's cache saves a tenth of their
 * CPU time and fifty MB.
 */
const small = '--max-semi-space-size=2';

/** queue-proxy as it runs in pods; its benchmark runs it the same way. */
export const queueProxy = service('queue-proxy', 'queue', small);

/** The autoscaler, whose benchmark runs it the same way: windows live long, reports do not. */
export const autoscaler = service('autoscaler', 'autoscaler', '--max-semi-space-size=4');

/** Every image, by the name `npm run images` takes. The sidecar's is called `queue`, as config-deployment names it. */
export const images: readonly Image[] = [
  service('controller', 'controller', '--max-semi-space-size=4'),
  autoscaler,
  service('activator', 'activator', small),
  service('webhook'),
  service('gateway', 'gateway', small),
  queueProxy,
  { name: 'nats', ref: `dev.local/ebb/nats:${versions.nats}`, kind: 'nats' },
  { name: 'hello', ref: 'dev.local/ebb/hello:1.0.0', kind: 'hello', says: '1' },
  { name: 'hello', ref: 'dev.local/ebb/hello:2.0.0', kind: 'hello', says: '2' },
];

/** The images of these names; all of them when there are none. An unknown name is an error that lists the known ones. */
export function imagesNamed(names: readonly string[]): readonly Image[] {
  const known = [...new Set(images.map((i) => i.name))];
  for (const name of names) {
    if (!known.includes(name)) throw new Error(`no image ${JSON.stringify(name)}; one of ${known.join(', ')}`);
  }
  return names.length === 0 ? images : images.filter((i) => names.includes(i.name));
}
