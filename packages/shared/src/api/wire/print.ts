import type { Field, Shape, Type } from './shapes.ts';

/**
 * Values as they stand in the peer's text about a change (contract control-plane 4.3). It prints Go values, in one of two
 * ways: what stands by itself as `{Name:a Value:b}`, and what hangs on a pointer as `&EnvVar{Name:a,Value:b,}`. Where it
 * prints an address or the inside of a quantity, the value stands here.
 */

/** Names whose capitals are not the first letter's alone. */
const names: Record<string, string> = {
  ...{ apiVersion: 'APIVersion', awsElasticBlockStore: 'AWSElasticBlockStore', cephfs: 'CephFS', csi: 'CSI', dnsConfig: 'DNSConfig' },
  ...{ dnsPolicy: 'DNSPolicy', fc: 'FC', fsGroup: 'FSGroup', fsGroupChangePolicy: 'FSGroupChangePolicy', fsType: 'FSType' },
  ...{ gcePersistentDisk: 'GCEPersistentDisk', gmsaCredentialSpec: 'GMSACredentialSpec', grpc: 'GRPC', httpGet: 'HTTPGet' },
  ...{ gmsaCredentialSpecName: 'GMSACredentialSpecName', httpHeaders: 'HTTPHeaders', ip: 'IP', iscsi: 'ISCSI', nfs: 'NFS', os: 'OS' },
  ...{ rbd: 'RBD', seLinuxChangePolicy: 'SELinuxChangePolicy', seLinuxOptions: 'SELinuxOptions', storageos: 'StorageOS' },
  ...{ tcpSocket: 'TCPSocket', tty: 'TTY', uid: 'UID', url: 'URL', metadata: 'ObjectMeta' },
};
/** A field's name in Go. */
export const goName = (json: string): string => names[json] ?? json.charAt(0).toUpperCase() + json.slice(1);

/** Objects whose fields are printed in another order than they are declared in, when they hang on a pointer. */
const printedOrder: Record<string, readonly string[]> = {
  SecurityContext: [
    ...['capabilities', 'privileged', 'seLinuxOptions', 'runAsUser', 'runAsNonRoot', 'readOnlyRootFilesystem', 'allowPrivilegeEscalation'],
    ...['runAsGroup', 'procMount', 'windowsOptions', 'seccompProfile', 'appArmorProfile'],
  ],
};

type Loose = Record<string, unknown>;
const isAbsent = (v: unknown): v is undefined | null => v === undefined || v === null;

/** What a scalar is when it is not set. */
export const zeroOf = (type: Type): unknown => (type.is === 'bool' ? false : type.is.startsWith('int') ? 0 : '');

/** IntOrString as its three parts: kind, number, text. */
export const intOrString = (v: unknown): [number, number, string] => (typeof v === 'string' ? [1, 0, v] : [0, Number(v ?? 0), '']);

/** Fields with those of one embedded type together, in order: `[type, fields]`, without a type for an object's own. */
function grouped(fields: readonly Field[]): [string | undefined, Field[]][] {
  const out: [string | undefined, Field[]][] = [];
  for (const f of fields) {
    const [embedded, ...via] = f.via;
    const last = out.at(-1);
    if (embedded !== undefined && last?.[0] === embedded) last[1].push({ ...f, via });
    else out.push([embedded, [{ ...f, via }]]);
  }
  return out;
}

const plainObject = (fields: readonly Field[], value: Loose): string =>
  `{${grouped(fields)
    .map(([embedded, own]) =>
      embedded ? `${embedded}:${plainObject(own, value)}` : own.map((f) => `${goName(f.name)}:${plain(f.type, f.pointer, value[f.name])}`),
    )
    .join(' ')}}`;

/** A value that stands by itself. */
export function plain(type: Type, pointer: boolean, value: unknown): string {
  if (type.is === 'shape') {
    if (!pointer) return plainObject([...type.shape.fields.values()], (value ?? {}) as Loose);
    return isAbsent(value) ? 'nil' : `&${behindPointer(type.shape, value as Loose)}`;
  }
  if (type.is === 'list') return `[${((value ?? []) as unknown[]).map((v) => plain(type.of, false, v)).join(' ')}]`;
  if (type.is === 'map')
    return `map[${entries(value)
      .map(([k, v]) => `${k}:${plain(type.of, false, v)}`)
      .join(' ')}]`;
  if (type.is === 'any') return isAbsent(value) ? 'nil' : JSON.stringify(value);
  if (isAbsent(value) && pointer) return '<nil>';
  if (type.is !== 'IntOrString') return String(value ?? zeroOf(type));
  const [kind, number, text] = intOrString(value);
  return `{Type:${kind} IntVal:${number} StrVal:${text}}`;
}

const entries = (value: unknown): [string, unknown][] => Object.entries((value ?? {}) as Loose).sort(([a], [b]) => (a < b ? -1 : 1));

function hung(type: Type, pointer: boolean, value: unknown): string {
  if (pointer && isAbsent(value)) return 'nil';
  if (type.is === 'shape') return `${pointer ? '&' : ''}${behindPointer(type.shape, (value ?? {}) as Loose)}`;
  if (type.is === 'list' && type.of.is === 'shape') {
    const { shape } = type.of;
    return `[]${shape.name}{${((value ?? []) as Loose[]).map((v) => `${behindPointer(shape, v)},`).join('')}}`;
  }
  if (type.is === 'map')
    return `map[string]string{${entries(value)
      .map(([k, v]) => `${k}: ${hung(type.of, false, v)},`)
      .join('')}}`;
  if (type.is === 'IntOrString') return `{${intOrString(value).join(' ')}}`;
  const own = plain(type, false, value);
  return pointer && type.is !== 'Quantity' ? `*${own}` : own;
}

/** An object that hangs on a pointer, without the `&`. */
function behindPointer({ name, fields }: Shape, value: Loose): string {
  const order = printedOrder[name];
  const all = order ? order.flatMap((n) => fields.get(n) ?? []) : [...fields.values()];
  const object = (type: string, of: readonly Field[]): string =>
    `${type}{${grouped(of)
      .map(([embedded, own]) =>
        embedded
          ? `${embedded}:${object(embedded, own)},`
          : own.map((f) => `${goName(f.name)}:${hung(f.type, f.pointer, value[f.name])},`).join(''),
      )
      .join('')}}`;
  return object(name, all);
}
