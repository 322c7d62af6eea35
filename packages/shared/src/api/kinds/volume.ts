import { atomic, bool, int32, int64, keyed, object, preserved, quantity, required, text, whole } from '../schema.ts';

const mode = 'Permission bits of the file, such as 0644 (in JSON decimal); defaultMode when not set.';
const defaultMode = int32('Permission bits of the files, such as 0644 (in JSON decimal), which is the default.');

const items = (what: string) =>
  atomic(
    `Which keys of the ${what} become files; all of them when not set.`,
    required(
      'A key and its file.',
      { key: text('The key.'), path: text('The path of the file in the volume; relative, without "..".') },
      { mode: int32(mode) },
    ),
  );

const named = (what: string) => ({
  items: items(what),
  name: text(`The name of the ${what}.`, { default: '' }),
  optional: bool(`Whether it may be missing: the ${what} or a key.`),
});

const downwardItem = required(
  'A fact and its file.',
  { path: text('The path of the file in the volume; relative, without "..".') },
  {
    fieldRef: required(
      'A field of the pod.',
      { fieldPath: text('The path of the field: metadata.name, metadata.labels and the like.') },
      { apiVersion: text('The version the path speaks of. Default v1.') },
      whole,
    ),
    mode: int32(mode),
    resourceFieldRef: required(
      'A resource request or limit.',
      { resource: text('The resource: limits.cpu, requests.memory and the like.') },
      {
        containerName: text('The container.'),
        divisor: quantity('The unit it is written in. Default 1.'),
      },
      whole,
    ),
  },
);

const projected = object('Several sources in one folder.', {
  defaultMode,
  sources: atomic(
    'What is put together.',
    object('One source.', {
      configMap: object('Keys of a config map.', named('config map'), whole),
      downwardAPI: object('Facts about the pod.', { items: atomic('Which facts become files.', downwardItem) }),
      secret: object('Keys of a secret.', named('secret'), whole),
      serviceAccountToken: required(
        "A token of the pod's service account, kept fresh.",
        { path: text('The path of the file in the volume.') },
        {
          audience: text('Whom the token is for; the API server when not set.'),
          expirationSeconds: int64('How long a token is good for, 600 at least. Default 3600.'),
        },
      ),
    }),
  ),
});

const gated = (description: string, flag: string) => preserved(`${description} Needs the feature flag kubernetes.${flag}.`);

/** The kinds of volume that are accepted; those behind a flag are checked by the webhook (contract control-plane 1.2, 4.5). */
export const volumes = keyed(
  'Volumes that containers may mount.',
  required(
    'A volume: a name and one source.',
    { name: text('The name volumeMounts use.') },
    {
      configMap: object('Keys of a config map as files.', { defaultMode, ...named('config map') }, whole),
      secret: object('Keys of a secret as files.', {
        defaultMode,
        items: items('secret'),
        optional: bool('Whether it may be missing: the secret or a key.'),
        secretName: text('The name of the secret.'),
      }),
      projected,
      csi: gated('A volume of a CSI driver.', 'podspec-volumes-csi'),
      emptyDir: gated('An empty folder that lives as long as the pod.', 'podspec-volumes-emptydir (on by default)'),
      ephemeral: gated('A claim made for the pod and deleted with it.', 'podspec-volumes-ephemeral'),
      hostPath: gated('A path of the node.', 'podspec-volumes-hostpath'),
      image: gated('The files of an image.', 'podspec-volumes-image'),
      persistentVolumeClaim: gated(
        'A claim that exists, read-only unless kubernetes.podspec-persistent-volume-write is on too.',
        'podspec-persistent-volume-claim',
      ),
    },
  ),
  'name',
);
