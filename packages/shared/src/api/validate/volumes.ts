import type { FeatureName, FeaturesConfig } from '../../config/features.ts';
import { asList } from '../defaults/context.ts';
import type { Volume } from './container.ts';
import { both, disallowed, type FieldErrors, general, invalidValue, missing, neither, under } from './field-error.ts';
import { dns1123Label } from './names.ts';

/** Sources that a flag must enable, with what upstream calls them (contract control-plane 4.5). */
const gated = {
  emptyDir: ['kubernetes.podspec-volumes-emptydir', 'EmptyDir'],
  persistentVolumeClaim: ['kubernetes.podspec-persistent-volume-claim', ''],
  hostPath: ['kubernetes.podspec-volumes-hostpath', 'HostPath'],
  csi: ['kubernetes.podspec-volumes-csi', 'CSI'],
  ephemeral: ['kubernetes.podspec-volumes-ephemeral', 'Ephemeral'],
  image: ['kubernetes.podspec-volumes-image', 'Image'],
} as const satisfies Record<string, readonly [FeatureName, string]>;
type Gated = keyof typeof gated;
const open = ['configMap', 'projected', 'secret'] as const;

function validateGate(v: Volume, source: Gated, features: FeaturesConfig): FieldErrors {
  const [flag, kind] = gated[source];
  const mask = features[flag] === 'Disabled' ? disallowed(source) : [];
  if (source === 'persistentVolumeClaim') {
    const claim = v.persistentVolumeClaim;
    const off =
      features[flag] === 'Enabled'
        ? []
        : general(`Persistent volume claim support is disabled, but found persistent volume claim ${claim?.claimName}`, []);
    const readOnly =
      claim?.readOnly || features['kubernetes.podspec-persistent-volume-write'] === 'Enabled'
        ? []
        : general(
            `Persistent volume write support is disabled, but found persistent volume claim ${claim?.claimName} that is not read-only`,
            [],
          );
    return [...mask, ...off, ...readOnly];
  }
  const off = features[flag] === 'Enabled' ? [] : general(`${kind} volume support is disabled, but found ${kind} volume ${v.name}`, []);
  return [...mask, ...off];
}

type Items = readonly { key?: string; path?: string }[] | undefined;
const validateItems = (items: Items): FieldErrors =>
  asList(items).flatMap((item, i) => under([...(item.key ? [] : missing('key')), ...(item.path ? [] : missing('path'))], 'items', i));

const projections = ['configMap', 'downwardAPI', 'secret', 'serviceAccountToken'] as const;

function validateProjected(v: Volume): FieldErrors {
  return asList(v.projected?.sources).flatMap((source, i) => {
    const set = projections.filter((p) => source[p]);
    const oneOf = set.length === 0 ? neither(...projections) : set.length > 1 ? both(...set) : [];
    const parts = (['configMap', 'secret'] as const).flatMap((p) =>
      source[p] ? under([...(source[p].name ? [] : missing('name')), ...validateItems(source[p].items)], p) : [],
    );
    const token = source.serviceAccountToken && !source.serviceAccountToken.path ? missing('serviceAccountToken.path') : [];
    return under([...oneOf, ...parts, ...token], 'projected', i);
  });
}

function validateVolume(v: Volume, features: FeaturesConfig): FieldErrors {
  const wrong = v.name ? dns1123Label(v.name) : [];
  // The name's error stands for all of them.
  if (!v.name) return missing('name');
  if (wrong.length) return invalidValue(v.name, 'name');
  const names = [...open, ...(Object.keys(gated) as Gated[])];
  const set = names.filter((s) => v[s]);
  const possible = names.filter((s) => !(s in gated) || features[gated[s as Gated][0]] === 'Enabled').sort();
  const { medium } = v.emptyDir ?? {};
  return [
    ...(set.length === 0 ? neither(...possible) : set.length > 1 ? both(...set) : []),
    ...set.filter((s): s is Gated => s in gated).flatMap((s) => validateGate(v, s, features)),
    ...validateItems(v.configMap?.items),
    ...validateItems(v.secret?.items),
    ...validateProjected(v),
    ...(medium && medium !== 'Memory' ? invalidValue(medium, 'emptyDir.medium') : []),
  ];
}

/** A pod's volumes: each good by itself, named once, and mounted; paths are under `volumes`. */
export function validateVolumes(volumes: readonly Volume[], mounted: ReadonlySet<string>, features: FeaturesConfig): FieldErrors {
  const seen = new Set<string>();
  return volumes.flatMap((v, i) => {
    const quoted = JSON.stringify(v.name ?? '');
    const errors = [
      ...(seen.has(v.name) ? general(`duplicate volume name ${quoted}`, ['name']) : []),
      ...(mounted.has(v.name) || !v.name ? [] : general(`volume with name ${quoted} not mounted`, ['name'])),
      ...validateVolume(v, features),
    ];
    seen.add(v.name);
    return under(errors, 'volumes', i);
  });
}
