import { allowed, image, inContainer, inPod, on, pod, type Rule } from './case.ts';

type Settings = ReturnType<typeof on>;
const at = `${inPod}.volumes[0]`;
const mountAt = `${inContainer}.volumeMounts[0]`;
/** A pod with a volume that is mounted. */
const volume = (v: object, more: Settings = {}, mount: object = {}) =>
  pod({ containers: [{ image, volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }] }], volumes: [{ name: 'v', ...v }] }, more);
const mounted = (mounts: object[], volumes: object[] = [{ name: 'v', emptyDir: {} }], more: Settings = {}) =>
  pod({ containers: [{ image, volumeMounts: mounts }], volumes }, more);
const both = (...flags: string[]) => on(...flags);

const plain = [
  ['emptyDir', {}, 'volumes-emptydir', 'EmptyDir'],
  ['hostPath', { path: '/a' }, 'volumes-hostpath', 'HostPath'],
  ['csi', { driver: 'a' }, 'volumes-csi', 'CSI'],
  ['ephemeral', {}, 'volumes-ephemeral', 'Ephemeral'],
  ['image', { reference: 'ab' }, 'volumes-image', 'Image'],
] as const;
const claim = { persistentVolumeClaim: { claimName: 'c', readOnly: true } };
const writable = { persistentVolumeClaim: { claimName: 'c' } };
const off = (flag: string): Settings => ({ features: { [`kubernetes.podspec-${flag}`]: 'Disabled' } });
const item = (source: string, where: string, wrap: (items: object[]) => object): Rule => ({
  id: `4.5 items of ${source}`,
  accepts: [volume(wrap([{ key: 'a', path: 'b', mode: 0 }]))],
  rejects: [
    [volume(wrap([{ key: 'a', path: 'b' }, { path: 'b' }])), `missing field(s): ${at}.${where}items[1].key`],
    [volume(wrap([{}])), `missing field(s): ${at}.${where}items[0].key, ${at}.${where}items[0].path`],
  ],
});
const projected = (...sources: object[]) => volume({ projected: { sources } });
const oneOf = ['configMap', 'downwardAPI', 'secret', 'serviceAccountToken'];

/** Contract control-plane 4.5: volumes and mounts. */
export const volumeRules: readonly Rule[] = [
  {
    id: '4.5 names of volumes differ',
    accepts: [
      mounted(
        [
          { name: 'v', mountPath: '/a' },
          { name: 'w', mountPath: '/b' },
        ],
        [
          { name: 'v', emptyDir: {} },
          { name: 'w', emptyDir: {} },
        ],
      ),
    ],
    rejects: [
      [
        mounted(
          [{ name: 'v', mountPath: '/a' }],
          [
            { name: 'v', emptyDir: {} },
            { name: 'v', emptyDir: {} },
          ],
        ),
        `duplicate volume name "v": ${inPod}.volumes[1].name`,
      ],
    ],
  },
  {
    id: '4.5 a volume is mounted',
    accepts: [
      volume({ emptyDir: {} }),
      pod(
        {
          initContainers: [{ image, volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }] }],
          volumes: [{ name: 'v', secret: {} }],
        },
        on('init-containers'),
      ),
    ],
    rejects: [[pod({ volumes: [{ name: 'v', emptyDir: {} }] }), `volume with name "v" not mounted: ${at}.name`]],
  },
  {
    id: '4.5 name of a volume; its error takes the place of those of flags',
    accepts: [volume({ emptyDir: {} })],
    rejects: [
      [
        mounted([{ name: '', mountPath: '/v' }], [{ name: '', hostPath: { path: '/a' } }]),
        `missing field(s): ${at}.name\nmust not set the field(s): ${at}.hostPath`,
      ],
      [mounted([{ name: 'A.b', mountPath: '/v' }], [{ name: 'A.b', emptyDir: {} }]), `invalid value: A.b: ${at}.name`],
    ],
  },
  {
    id: '4.5 a volume has one source',
    accepts: [volume({ secret: {} }), volume({ configMap: {} }), volume({ projected: { sources: [] } })],
    rejects: [
      [
        volume({}),
        `expected exactly one, got neither: ${['configMap', 'emptyDir', 'projected', 'secret'].map((s) => `${at}.${s}`).join(', ')}`,
      ],
      [
        volume({}, both('volumes-hostpath', 'volumes-csi', 'volumes-ephemeral', 'volumes-image', 'persistent-volume-claim')),
        `expected exactly one, got neither: ${['configMap', 'csi', 'emptyDir', 'ephemeral', 'hostPath', 'image', 'persistentVolumeClaim', 'projected', 'secret'].map((s) => `${at}.${s}`).join(', ')}`,
      ],
      [volume({ secret: {}, configMap: {} }), `expected exactly one, got both: ${at}.configMap, ${at}.secret`],
    ],
  },
  ...plain.map(
    ([source, value, flag, name]): Rule => ({
      id: `4.5 ${source} with kubernetes.podspec-${flag}`,
      accepts: [volume({ [source]: value }, on(flag))],
      rejects: [
        [
          volume({ [source]: value }, off(flag)),
          `${name} volume support is disabled, but found ${name} volume v: \nmust not set the field(s): ${at}.${source}`,
        ],
        [volume({ [source]: value }, allowed(flag)), `${name} volume support is disabled, but found ${name} volume v: `],
      ],
    }),
  ),
  {
    id: '4.5 persistentVolumeClaim with its flag',
    accepts: [volume(claim, on('persistent-volume-claim'), { readOnly: true })],
    rejects: [
      [
        volume(claim, {}, { readOnly: true }),
        `Persistent volume claim support is disabled, but found persistent volume claim c: \nmust not set the field(s): ${at}.persistentVolumeClaim`,
      ],
      [
        volume(claim, allowed('persistent-volume-claim'), { readOnly: true }),
        'Persistent volume claim support is disabled, but found persistent volume claim c: ',
      ],
    ],
  },
  {
    id: '4.5 persistentVolumeClaim that is written with its flag',
    accepts: [volume(writable, on('persistent-volume-claim', 'persistent-volume-write'))],
    rejects: [
      [
        volume(writable, on('persistent-volume-claim')),
        'Persistent volume write support is disabled, but found persistent volume claim c that is not read-only: ',
      ],
    ],
  },
  item('a secret', '', (items) => ({ secret: { items } })),
  item('a config map', '', (items) => ({ configMap: { items } })),
  item('a projected secret', 'projected[0].secret.', (items) => ({ projected: { sources: [{ secret: { name: 'a', items } }] } })),
  item('a projected config map', 'projected[0].configMap.', (items) => ({ projected: { sources: [{ configMap: { name: 'a', items } }] } })),
  {
    id: '4.5 a projection is one of four',
    accepts: [
      projected({ secret: { name: 'a' } }, { configMap: { name: 'a' } }, { serviceAccountToken: { path: 'a' } }, { downwardAPI: {} }),
    ],
    rejects: [
      [projected({}), `expected exactly one, got neither: ${oneOf.map((s) => `${at}.projected[0].${s}`).join(', ')}`],
      [
        projected({ downwardAPI: {} }, { secret: { name: 'a' }, downwardAPI: {} }),
        `expected exactly one, got both: ${at}.projected[1].downwardAPI, ${at}.projected[1].secret`,
      ],
    ],
  },
  {
    id: '4.5 a projection has a name, a token a path',
    accepts: [projected({ serviceAccountToken: { path: 'a', audience: 'b', expirationSeconds: 600 } })],
    rejects: [
      [projected({ secret: {} }, { configMap: {} }), `missing field(s): ${at}.projected[0].secret.name, ${at}.projected[1].configMap.name`],
      [projected({ serviceAccountToken: {} }), `missing field(s): ${at}.projected[0].serviceAccountToken.path`],
    ],
  },
  {
    id: '4.5 items of the downward API',
    accepts: [
      projected({ downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } }),
      projected({ downwardAPI: { items: [{ path: 'a', mode: 0, resourceFieldRef: { resource: 'limits.cpu' } }] } }),
    ],
    rejects: [
      [
        projected({ downwardAPI: { items: [{ path: 'a' }] } }),
        `expected exactly one, got neither: ${at}.projected[0].downwardAPI.items[0].fieldRef, ${at}.projected[0].downwardAPI.items[0].resourceFieldRef`,
      ],
      [
        projected({ downwardAPI: { items: [{ path: 'a', fieldRef: {}, resourceFieldRef: {} }] } }),
        `Within a single item, cannot set both: ${at}.projected[0].downwardAPI.items[0].fieldRef, ${at}.projected[0].downwardAPI.items[0].resourceFieldRef`,
      ],
      [projected({ downwardAPI: { items: [{ fieldRef: {} }] } }), `missing field(s): ${at}.projected[0].downwardAPI.items[0].path`],
    ],
  },
  {
    id: '4.5 medium of emptyDir',
    accepts: ['', 'Memory'].map((medium) => volume({ emptyDir: { medium } })),
    rejects: [[volume({ emptyDir: { medium: 'HugePages' } }), `invalid value: HugePages: ${at}.emptyDir.medium`]],
  },
  {
    id: '4.5 sizeLimit of emptyDir',
    accepts: ['0', '1Gi'].map((sizeLimit) => volume({ emptyDir: { sizeLimit } })),
    rejects: [[volume({ emptyDir: { sizeLimit: '-1000m' } }), `invalid value: -1: ${at}.emptyDir.sizeLimit`]],
  },
  {
    id: '4.5 image volumes',
    accepts: ['', 'Always', 'IfNotPresent', 'Never'].map((pullPolicy) =>
      volume({ image: { reference: 'ab', pullPolicy } }, on('volumes-image')),
    ),
    rejects: [
      [volume({ image: {} }, on('volumes-image')), `missing field(s): ${at}.image.reference`],
      [volume({ image: { reference: 'ab', pullPolicy: 'x' } }, on('volumes-image')), `invalid value: x: ${at}.image.pullPolicy`],
    ],
  },
  {
    id: '4.5 a mount has its volume',
    accepts: [volume({ emptyDir: {} })],
    rejects: [[mounted([{ name: 'v', mountPath: '/v' }], []), `volumeMount has no matching volume: ${mountAt}.name`]],
  },
  {
    id: '4.5 a mount has a path of its own',
    accepts: ['/v', '/v/', '/dev/x'].map((mountPath) => volume({ emptyDir: {} }, {}, { mountPath })),
    rejects: [
      [volume({ emptyDir: {} }, {}, { mountPath: '' }), `missing field(s): ${mountAt}.mountPath`],
      [volume({ emptyDir: {} }, {}, { mountPath: 'v' }), `invalid value: v: ${mountAt}.mountPath`],
      [
        mounted([
          { name: 'v', mountPath: '/v' },
          { name: 'v', mountPath: '/v/' },
        ]),
        `invalid value: "/v/" must be unique: ${inContainer}.volumeMounts[1].mountPath`,
      ],
      ...['/', '/dev', '/dev/log'].map(
        (p) => [volume({ emptyDir: {} }, {}, { mountPath: p }), `mountPath "${p}" is a reserved path: ${mountAt}.mountPath`] as const,
      ),
      [volume({ emptyDir: {} }, {}, { mountPath: '/a/../dev/' }), `mountPath "/dev" is a reserved path: ${mountAt}.mountPath`],
    ],
  },
  {
    id: '4.5 a claim that is read-only is mounted so',
    accepts: [volume(claim, on('persistent-volume-claim'), { readOnly: true })],
    rejects: [[volume(claim, on('persistent-volume-claim')), `volume is readOnly but volume mount is not: ${mountAt}.readOnly`]],
  },
  {
    id: '4.5 mount propagation',
    accepts: ['None', 'HostToContainer'].map((mountPropagation) =>
      volume({ emptyDir: {} }, on('volumes-mount-propagation'), { mountPropagation }),
    ),
    rejects: [
      [
        volume({ emptyDir: {} }, {}, { mountPropagation: 'None' }),
        `Volume Mount Propagation support is disabled, but found volume mount v with mount propagation: \nmust not set the field(s): ${mountAt}.mountPropagation`,
      ],
      [
        volume({ emptyDir: {} }, allowed('volumes-mount-propagation'), { mountPropagation: 'None' }),
        'Volume Mount Propagation support is disabled, but found volume mount v with mount propagation: ',
      ],
      [
        volume({ emptyDir: {} }, on('volumes-mount-propagation'), { mountPropagation: 'Bidirectional' }),
        `mount propagation should be set to None or HostToContainer: ${mountAt}.mountPropagation`,
      ],
    ],
  },
  {
    id: '4.5 other fields of a mount',
    accepts: [volume({ emptyDir: {} }, {}, { subPath: 'a', readOnly: true })],
    rejects: [
      [
        volume({ emptyDir: {} }, {}, { subPathExpr: 'a', recursiveReadOnly: 'Enabled' }),
        `must not set the field(s): ${mountAt}.recursiveReadOnly, ${mountAt}.subPathExpr`,
      ],
    ],
  },
];
