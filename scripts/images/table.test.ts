import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { components } from '../lib/components.ts';
import { root } from '../lib/shell.ts';
import { images, imagesNamed } from './table.ts';

const refs = images.map((i) => i.ref);

test('no two images have one reference', () => {
  expect(new Set(refs).size).toBe(refs.length);
});

test('names select, and an unknown one is answered with the known', () => {
  expect(imagesNamed([])).toBe(images);
  expect(imagesNamed(['hello']).map((i) => i.ref)).toEqual(['dev.local/ebb/hello:1.0.0', 'dev.local/ebb/hello:2.0.0']);
  expect(() => imagesNamed(['sidecar'])).toThrow(/no image "sidecar"; one of controller, .*, queue-proxy, nats, hello/);
});

test.each(components)('deploy/%s runs an image that is built', (component) => {
  const { images: named } = parse(readFileSync(join(root, 'deploy', component, 'kustomization.yaml'), 'utf8')) as {
    images: { newName: string; newTag: string }[];
  };
  expect(refs).toContain(`${named[0]?.newName}:${named[0]?.newTag}`);
});

test('the sidecar of config-deployment is an image that is built', () => {
  const { data } = parse(readFileSync(join(root, 'deploy/config/config-deployment.yaml'), 'utf8')) as { data: Record<string, string> };
  expect(refs).toContain(data['queue-sidecar-image']);
});

test('the Services of the end-to-end tests run images that are built, but the one that is to be missing', () => {
  const tests = join(root, 'e2e/tests');
  const files = readdirSync(tests).filter((f) => f.endsWith('.yaml'));
  const used = files.flatMap((f) => {
    const documents = parseAllDocuments(readFileSync(join(tests, f), 'utf8')).map((d) => JSON.stringify(d.toJS()));
    return documents.flatMap((text) => [...text.matchAll(/"image":"([^"]+)"/g)].map((m) => m[1] ?? ''));
  });
  expect(used.filter((image) => !refs.includes(image) && !image.includes('missing'))).toEqual([]);
});
