import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Component, system } from '../lib/components.ts';
import type { Kubectl } from '../lib/kubectl.ts';
import { type FromSource, hereIP } from './table.ts';

/** On the Deployment of a component that runs from source: which process of which machine, and what to give back. */
export const fromSourceAnnotation = 'ebb.dev/from-source';

interface Note {
  host: string;
  pid: number;
  replicas: number;
  selectors: Record<string, Record<string, string>>;
}

interface Live {
  metadata: { annotations?: Record<string, string> };
  spec: { replicas?: number; selector?: Record<string, string> | null };
}

const get = async (kubectl: Kubectl, type: string, name: string): Promise<Live> =>
  JSON.parse(await kubectl(['get', type, name, '-n', system, '-o', 'json'])) as Live;
const patch = (kubectl: Kubectl, type: string, name: string, body: unknown): Promise<string> =>
  kubectl(['patch', type, name, '-n', system, '--type=merge', '-p', JSON.stringify(body)]);

async function noteOf(kubectl: Kubectl, component: string): Promise<Note | undefined> {
  const ran = await kubectl.attempt(['get', 'deployment', component, '-n', system, '-o', 'json']);
  const text = ran.code === 0 ? (JSON.parse(ran.stdout) as Live).metadata.annotations?.[fromSourceAnnotation] : undefined;
  return text === undefined ? undefined : (JSON.parse(text) as Note);
}

const lives = ({ host, pid }: Note): boolean => host !== hostname() || existsSync(`/proc/${pid}`);

/** Whether a component runs from source just now. What a process that is gone has left is put right on the way. */
export async function runsFromSource(kubectl: Kubectl, component: Component): Promise<boolean> {
  const note = await noteOf(kubectl, component);
  if (!note) return false;
  if (lives(note)) return true;
  await giveBack(kubectl, component);
  return false;
}

/** Takes a component's pods away and leads its Services to this machine. */
export async function takeOver(kubectl: Kubectl, component: Component, { services }: FromSource): Promise<void> {
  if (await runsFromSource(kubectl, component))
    throw new Error(`${component} runs from source already: ${JSON.stringify(await noteOf(kubectl, component))}`);
  const selectors: Note['selectors'] = {};
  for (const name of Object.keys(services)) selectors[name] = (await get(kubectl, 'service', name)).spec.selector ?? {};
  const replicas = (await get(kubectl, 'deployment', component)).spec.replicas ?? 1;
  const note: Note = { host: hostname(), pid: process.pid, replicas, selectors };
  await patch(kubectl, 'deployment', component, {
    metadata: { annotations: { [fromSourceAnnotation]: JSON.stringify(note) } },
    spec: { replicas: 0 },
  });
  for (const [name, ports] of Object.entries(services)) {
    await patch(kubectl, 'service', name, { spec: { selector: null } });
    const endpoints = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name, namespace: system },
      subsets: [{ addresses: [{ ip: hereIP }], ports }],
    };
    // The slices of the pods stay when the selector goes; those of these Endpoints are made by the cluster.
    const slices = `kubernetes.io/service-name=${name},endpointslice.kubernetes.io/managed-by=endpointslice-controller.k8s.io`;
    await kubectl(['delete', 'endpointslices', '-n', system, '-l', slices]);
    await kubectl(['replace', '--force', '-f', '-'], JSON.stringify(endpoints));
  }
}

/** Brings the component's pods back, and its Services to them. */
export async function giveBack(kubectl: Kubectl, component: Component): Promise<void> {
  const note = await noteOf(kubectl, component);
  if (!note) return;
  for (const [name, selector] of Object.entries(note.selectors)) await patch(kubectl, 'service', name, { spec: { selector } });
  await patch(kubectl, 'deployment', component, {
    metadata: { annotations: { [fromSourceAnnotation]: null } },
    spec: { replicas: note.replicas },
  });
}
