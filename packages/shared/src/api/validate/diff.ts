import { type Difference, differences, ofRevisionSpec, pointers } from './semantic.ts';

/** Field names whose capitals in the peer's text are not the first letter's alone. */
const goNames: Record<string, string> = {
  hostIPC: 'HostIPC',
  hostPID: 'HostPID',
  httpGet: 'HTTPGet',
  tcpSocket: 'TCPSocket',
  grpc: 'GRPC',
  csi: 'CSI',
  configMapKeyRef: 'ConfigMapKeyRef',
};
/** Fields that the peer embeds: their types stand in the path, and do not in JSON. */
const ofPodSpec = (name: string): boolean => !ofRevisionSpec.has(name);
const handlers = new Set(['httpGet', 'tcpSocket', 'exec', 'grpc']);
const volumeSources = new Set([
  'secret',
  'configMap',
  'projected',
  'emptyDir',
  'persistentVolumeClaim',
  'hostPath',
  'csi',
  'ephemeral',
  'image',
]);

const goName = (name: string): string => goNames[name] ?? name.charAt(0).toUpperCase() + name.slice(1);

function goPath(root: string, path: Difference['path'], specAt: number): string {
  let out = root;
  path.forEach((step, i) => {
    if (typeof step === 'number') out += `[${step}]`;
    else if (typeof step === 'object') out += `[${JSON.stringify(step.key)}]`;
    else if (i === 0 && specAt === 1 && step === 'metadata') out += '.ObjectMeta';
    else {
      if (i === specAt && ofPodSpec(step)) out += '.PodSpec';
      const parent = path[i - 1];
      if (handlers.has(step) && typeof parent === 'string' && parent.endsWith('Probe')) out += '.ProbeHandler';
      if (volumeSources.has(step) && path[i - 2] === 'volumes') out += '.VolumeSource';
      out += `.${goName(step)}`;
    }
  });
  return out;
}

const goValue = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/**
 * What changed, in the peer's form (contract control-plane 4.3): one path of Go names per difference, then the old and
 * the new value. `specAt`: at which step of the paths the fields of a RevisionSpec begin.
 */
export function changes(root: string, before: unknown, after: unknown, specAt: 0 | 1): string {
  return differences(before, after)
    .map((d) => {
      const last = d.path.at(-1);
      const both = d.before !== undefined && d.after !== undefined;
      const star = typeof last === 'string' && pointers.has(last) && both ? '*' : '';
      const line = (sign: string, value: unknown) => (value === undefined ? '' : `\t${sign}: "${goValue(value)}"\n`);
      return `${star}${goPath(root, d.path, specAt)}:\n${line('-', d.before)}${line('+', d.after)}`;
    })
    .join('');
}
