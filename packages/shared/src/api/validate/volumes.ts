import type { FeatureName, FeaturesConfig } from '../../config/features.ts';
import { isQuantity, parseQuantity } from '../../lib/quantity.ts';
import { asList, asObject } from '../defaults/context.ts';
import type { Volume } from './container.ts';
import { both, each, type FieldErrors, general, invalidValue, missing, neither, under } from './field-error.ts';
import { dns1123Label, quoted } from './names.ts';
import { validateFields } from './pod-fields.ts';

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

/** What is said of a source whose flag is not Enabled, besides that its field may not be set. */
function validateGate(v: Volume, source: Gated, features: FeaturesConfig): FieldErrors {
  const [flag, kind] = gated[source];
  const enabled = features[flag] === 'Enabled';
  if (source !== 'persistentVolumeClaim')
    return enabled ? [] : general(`${kind} volume support is disabled, but found ${kind} volume ${v.name ?? ''}`, []);
  const { claimName = '', readOnly = false } = v.persistentVolumeClaim ?? {};
  const found = `found persistent volume claim ${claimName}`;
  const writable = readOnly || features['kubernetes.podspec-persistent-volume-write'] === 'Enabled';
  return [
    ...(enabled ? [] : general(`Persistent volume claim support is disabled, but ${found}`, [])),
    ...(writable ? [] : general(`Persistent volume write support is disabled, but ${found} that is not read-only`, [])),
  ];
}

type Items = readonly { key?: string; path?: string }[] | undefined;
const validateItems = (items: Items): FieldErrors =>
  each(asList(items), (item, i) => under([...(item.key ? [] : missing('key')), ...(item.path ? [] : missing('path'))], 'items', i));

type Source = NonNullable<NonNullable<Volume['projected']>['sources']>[number];
type DownwardFile = NonNullable<NonNullable<Source['downwardAPI']>['items']>[number];

function validateDownwardFile({ fieldRef, resourceFieldRef, path }: DownwardFile): FieldErrors {
  return [
    ...(fieldRef || resourceFieldRef ? [] : neither('fieldRef', 'resourceFieldRef')),
    ...(fieldRef && resourceFieldRef ? general('Within a single item, cannot set both', ['resourceFieldRef', 'fieldRef']) : []),
    ...(path ? [] : missing('path')),
  ];
}

const projections = ['configMap', 'downwardAPI', 'secret', 'serviceAccountToken'] as const;

function validateSource(source: Source): FieldErrors {
  const set = projections.filter((p) => source[p]);
  const named = (['configMap', 'secret'] as const).flatMap((p) =>
    source[p] ? under([...(source[p].name ? [] : missing('name')), ...validateItems(source[p].items)], p) : [],
  );
  const files = each(asList(source.downwardAPI?.items), (f, i) => under(validateDownwardFile(f), 'downwardAPI', 'items', i));
  const token = source.serviceAccountToken && !source.serviceAccountToken.path ? missing('serviceAccountToken.path') : [];
  return [...(set.length === 0 ? neither(...projections) : set.length > 1 ? both(...set) : []), ...named, ...files, ...token];
}

function validateEmptyDir({ medium, sizeLimit }: NonNullable<Volume['emptyDir']>): FieldErrors {
  return [
    ...(medium && medium !== 'Memory' ? invalidValue(medium, 'medium') : []),
    ...(sizeLimit && isQuantity(sizeLimit) && parseQuantity(sizeLimit) < 0 ? invalidValue(sizeLimit, 'sizeLimit') : []),
  ];
}

function validateImage({ reference, pullPolicy = '' }: NonNullable<Volume['image']>): FieldErrors {
  const known = ['', 'Always', 'IfNotPresent', 'Never'].includes(pullPolicy);
  return [...(reference ? [] : missing('reference')), ...(known ? [] : invalidValue(pullPolicy, 'pullPolicy'))];
}

function validateVolume(v: Volume, features: FeaturesConfig): FieldErrors {
  const names = [...open, ...(Object.keys(gated) as Gated[])];
  const set = names.filter((s) => v[s]);
  const possible = names.filter((s) => !(s in gated) || features[gated[s as Gated][0]] === 'Enabled');
  // An error of the name takes the place of what was said of flags.
  const first = !v.name
    ? missing('name')
    : dns1123Label(v.name).length
      ? invalidValue(v.name, 'name')
      : set.filter((s): s is Gated => s in gated).flatMap((s) => validateGate(v, s, features));
  return [
    ...first,
    ...validateFields('volumes', asObject(v), features),
    ...(set.length === 0 ? neither(...possible) : set.length > 1 ? both(...set) : []),
    ...validateItems(v.configMap?.items),
    ...validateItems(v.secret?.items),
    ...each(asList(v.projected?.sources), (s, i) => under(validateSource(s), 'projected', i)),
    ...(v.emptyDir ? under(validateEmptyDir(v.emptyDir), 'emptyDir') : []),
    ...(v.image ? under(validateImage(v.image), 'image') : []),
  ];
}

/** A pod's volumes: each good by itself, named once, and mounted; paths are under `volumes`. */
export function validateVolumes(volumes: readonly Volume[], mounted: ReadonlySet<string>, features: FeaturesConfig): FieldErrors {
  const seen = new Set<string>();
  return each(volumes, (v, i) => {
    const name = v.name ?? '';
    const errors = [
      ...(seen.has(name) ? general(`duplicate volume name ${quoted(name)}`, ['name']) : []),
      ...(mounted.has(name) ? [] : general(`volume with name ${quoted(name)} not mounted`, ['name'])),
      ...validateVolume(v, features),
    ];
    seen.add(name);
    return under(errors, 'volumes', i);
  });
}
