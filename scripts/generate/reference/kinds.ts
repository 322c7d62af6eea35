import { crd } from '../../../packages/shared/src/api/crds.ts';
import { crdFacts } from '../../../packages/shared/src/api/crds-facts.ts';
import { type KindName, kinds } from '../../../packages/shared/src/api/kinds.ts';
import { code, table } from './markdown.ts';

interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
  additionalProperties?: Schema;
  [extension: `x-kubernetes-${string}`]: unknown;
}

const serving: KindName[] = ['Service', 'Configuration', 'Revision', 'Route', 'DomainMapping'];
const internal = (Object.keys(kinds) as KindName[]).filter((k) => !serving.includes(k));

const schemaOf = (name: KindName): Record<string, Schema> => {
  const made = JSON.parse(JSON.stringify(crd(name, ''))) as {
    spec: { versions: { schema: { openAPIV3Schema: { properties: Record<string, Schema> } } }[] };
  };
  return made.spec.versions[0]?.schema.openAPIV3Schema.properties ?? {};
};

function typeOf(s: Schema): string {
  if (s['x-kubernetes-int-or-string']) return 'integer or text';
  if (s.items) return `list of ${s.items.type === 'object' ? 'objects' : `${typeOf(s.items)}s`}`;
  if (s.additionalProperties)
    return `map of ${s.additionalProperties.type === 'object' ? 'objects' : `${typeOf(s.additionalProperties)}s`}`;
  if (s['x-kubernetes-preserve-unknown-fields'] && !s.properties) return 'object as in Kubernetes';
  return { string: 'text', boolean: 'true or false' }[s.type ?? ''] ?? s.type ?? '';
}

/** Shapes that come more than once have a section of their own; a field that has one is told there. */
const told: { heading: string; is: (path: string) => boolean }[] = [
  { heading: 'Revision spec', is: (path) => path === 'template.spec' },
  { heading: 'Probe', is: (path) => path.endsWith('Probe') },
  { heading: 'Common status', is: (path) => ['observedGeneration', 'conditions', 'annotations'].includes(path) },
];
const anchor = (heading: string): string => `#${heading.toLowerCase().replaceAll(' ', '-')}`;

/** A row for each field under a schema, by its path; `**` marks what must be set. */
function rowsOf(schema: Schema, prefix = ''): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, s]) => {
    const path = prefix + name;
    const must = schema.required?.includes(name) ? ' **required**' : '';
    const elsewhere = told.find((t) => t.is(path));
    const common = elsewhere?.heading === 'Common status';
    if (common) return [];
    const doc = `${s.description ?? ''}${elsewhere ? ` See [${elsewhere.heading}](${anchor(elsewhere.heading)}).` : ''}`;
    const row = [`${code(path)}${must}`, typeOf(s), doc];
    if (elsewhere) return [row];
    const inside = s.items
      ? rowsOf(s.items, `${path}[].`)
      : s.additionalProperties
        ? rowsOf(s.additionalProperties, `${path}.*.`)
        : rowsOf(s, `${path}.`);
    return [row, ...inside];
  });
}

const fields = (schema: Schema | undefined): string => table(['Field', 'Type', 'Meaning'], rowsOf(schema ?? {}));

function section(name: KindName): string {
  const { group, version, plural } = kinds[name];
  const { doc, shortNames = [], columns } = crdFacts[name];
  const { spec, status } = schemaOf(name);
  const short = shortNames.length ? `, for short ${shortNames.map(code).join(', ')}` : '';
  const shows = columns.length ? ` \`kubectl get\` shows ${columns.map((c) => c.name).join(', ')}.` : '';
  const head = `## ${name}\n\n${doc}\n\n${code(`${group}/${version}`)}, ${code(plural)}${short}.${shows}\n`;
  const specText = name === 'Revision' ? `See [Revision spec](${anchor('Revision spec')}).\n` : fields(spec);
  const own = Object.keys(status?.properties ?? {}).filter((k) => !told.some((t) => t.heading === 'Common status' && t.is(k)));
  const common = status ? `And the [common status](${anchor('Common status')}).\n` : '';
  const statusText = !status ? '' : `\n### ${name} status\n\n${own.length ? `${fields(status)}\n${common}` : common}`;
  return `${head}\n### ${name} spec\n\n${specText}${statusText}`;
}

const commonStatus = (): string => {
  const { status } = schemaOf('Metric');
  const rows = Object.entries(status?.properties ?? {}).flatMap(([name, s]) => [
    [code(name), typeOf(s), s.description ?? ''],
    ...(s.items ? rowsOf(s.items, `${name}[].`) : []),
  ]);
  return `## Common status\n\n${table(['Field', 'Type', 'Meaning'], rows)}`;
};

export function servingKindsPage(): string {
  const { spec } = schemaOf('Revision');
  const probe = spec?.properties?.containers?.items?.properties?.readinessProbe;
  const shared = [`## Revision spec\n\n${spec?.description}\n\n${fields(spec)}`, `## Probe\n\n${fields(probe)}`, commonStatus()];
  return [...serving.map(section), ...shared].join('\n');
}

export const internalKindsPage = (): string => [...internal.map(section), commonStatus()].join('\n');
