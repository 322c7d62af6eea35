import { type KindName, kinds } from '@ebb/shared/api/kinds.ts';

/** JSON as it is written; cases bend it in ways no type allows. */
// biome-ignore lint/suspicious/noExplicitAny: the corpus is made of objects that no type describes
export type Json = any;

/** A change of an object, in place. */
export type Edit = (object: Json) => void;

/** A copy of an object with changes. */
export function edited(object: Json, ...edits: readonly Edit[]): Json {
  const out = structuredClone(object);
  for (const edit of edits) edit(out);
  return out;
}

export const namespace = 'default';

/** An object of a kind with a name in the namespace of all cases. */
export const objectOf = (kind: KindName, name: string, spec: Json): Json => ({
  apiVersion: `${kinds[kind].group}/${kinds[kind].version}`,
  kind,
  metadata: { name, namespace },
  spec,
});

const templateOf = (o: Json): Json => (o.kind === 'Service' || o.kind === 'Configuration' ? o.spec.template : undefined);
/** The revision spec in an object: of its template, or its own. */
export const specOf = (o: Json): Json => templateOf(o)?.spec ?? o.spec;

/** Sets fields; undefined takes one away. */
const assign = (target: Json, fields: Json): void => {
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) delete target[key];
    else target[key] = structuredClone(value);
  }
};

export const meta =
  (fields: Json): Edit =>
  (o) =>
    assign(o.metadata, fields);
export const annotated = (values: Record<string, Json>): Edit => meta({ annotations: values });
export const labelled = (values: Record<string, Json>): Edit => meta({ labels: values });
export const spec =
  (fields: Json): Edit =>
  (o) =>
    assign(o.spec, fields);
/** Metadata of the template; of the object itself where there is no template. */
export const templateMeta =
  (fields: Json): Edit =>
  (o) => {
    const at = templateOf(o) ?? o;
    at.metadata ??= {};
    assign(at.metadata, fields);
  };
export const pod =
  (fields: Json): Edit =>
  (o) =>
    assign(specOf(o), fields);
export const container =
  (fields: Json, index = 0): Edit =>
  (o) =>
    assign(specOf(o).containers[index], fields);
/** A container more. */
export const sidecar =
  (fields: Json): Edit =>
  (o) =>
    specOf(o).containers.push({ image: 'registry.example/sidecar', ...structuredClone(fields) });
/** Init containers in place of those there are. */
export const init = (...containers: Json[]): Edit => pod({ initContainers: containers });
/** A volume of `source` mounted at /data, with more on the mount. */
export const volume = (source: Json, mount: Json = {}): Edit =>
  volumes([{ name: 'v', ...source }], [{ name: 'v', mountPath: '/data', ...mount }]);
export const volumes =
  (all: Json, mounts: Json): Edit =>
  (o) => {
    pod({ volumes: all })(o);
    container({ volumeMounts: mounts })(o);
  };
export const both =
  (...edits: Edit[]): Edit =>
  (o) => {
    for (const edit of edits) edit(o);
  };

/** Named changes: what a table of cases is made of. */
export type Rows = Record<string, Edit>;

/** A row for each value, named by it. */
export const each = (prefix: string, values: readonly Json[], edit: (value: Json) => Edit): Rows =>
  Object.fromEntries(values.map((v) => [`${prefix} ${JSON.stringify(v)}`, edit(v)]));

/** One port of the first container. */
export const port = (fields: Json): Edit => container({ ports: [fields] });
