import { both, container, type Edit, each, type Json, pod, type Rows, sidecar, volume, volumes } from './edit.ts';

const settings = { configMap: { name: 'settings' } };

const mounted = (source: Json, mount: Json = {}): Edit => volume(source, mount);
const projected = (...sources: Json[]): Edit => volume({ projected: { sources } });

/** Volumes and where they are mounted. */
export const volumeRows: Rows = {
  'config map': mounted(settings),
  secret: mounted({ secret: { secretName: 's' } }),
  'mounted writable': mounted(settings, { readOnly: false }),
  'mounted read-only': mounted(settings, { readOnly: true }),
  'no source': mounted({}),
  'two sources': mounted({ ...settings, secret: { secretName: 's' } }),
  'three sources': mounted({ ...settings, secret: { secretName: 's' }, emptyDir: {} }),
  'not mounted': pod({ volumes: [{ name: 'v', ...settings }] }),
  'mounted by a sidecar': both(
    container({ ports: [{ containerPort: 80 }] }),
    pod({ volumes: [{ name: 'v', ...settings }] }),
    sidecar({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
  ),
  'two of one name': volumes(
    [
      { name: 'v', ...settings },
      { name: 'v', emptyDir: {} },
    ],
    [{ name: 'v', mountPath: '/a' }],
  ),
  'no name': volumes([settings], [{ name: '', mountPath: '/a' }]),
  'a bad name': volumes([{ name: 'A_b', ...settings }], [{ name: 'A_b', mountPath: '/a' }]),
  'a bad name and no source': volumes([{ name: 'A_b' }], []),
  'a name with dots': volumes([{ name: 'a.b', ...settings }], [{ name: 'a.b', mountPath: '/a' }]),
  'a name too long': volumes([{ name: 'a'.repeat(64), ...settings }], []),
  'config map without a name': mounted({ configMap: {} }),
  'secret without a name': mounted({ secret: {} }),
  'config map items': mounted({
    configMap: { name: 'a', items: [{ key: 'a', path: 'b' }, { key: '', path: 'b' }, { key: 'a', path: '' }, {}] },
  }),
  'secret items': mounted({ secret: { secretName: 'a', items: [{ key: 'a', path: 'b', mode: 256 }, {}] } }),
  ...each(
    'emptyDir',
    [
      {},
      { medium: 'Memory' },
      { medium: 'HugePages' },
      { medium: '' },
      { sizeLimit: '1Gi' },
      { sizeLimit: '-1' },
      { sizeLimit: 5 },
      { sizeLimit: 'x' },
      { colour: 'red' },
      { medium: 'x', sizeLimit: '-1Mi' },
    ],
    (emptyDir) => mounted({ emptyDir }),
  ),
  ...each(
    'claim',
    [{}, { claimName: 'c' }, { claimName: 'c', readOnly: true }, { claimName: 'c', readOnly: false }, { readOnly: true }],
    (c) => mounted({ persistentVolumeClaim: c }),
  ),
  'claim read-only, mount not': mounted({ persistentVolumeClaim: { claimName: 'c', readOnly: true } }, { readOnly: false }),
  'claim and mount read-only': mounted({ persistentVolumeClaim: { claimName: 'c', readOnly: true } }, { readOnly: true }),
  ...each('hostPath', [{}, { path: '/a' }, { path: '/a', type: 'x' }], (hostPath) => mounted({ hostPath })),
  ...each('csi', [{}, { driver: 'a' }, { driver: 'a', readOnly: true }], (csi) => mounted({ csi })),
  ...each('ephemeral', [{}, { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'] } } }], (ephemeral) => mounted({ ephemeral })),
  ...each(
    'image volume',
    [
      {},
      { reference: 'a/b' },
      { reference: 'a/b', pullPolicy: 'Never' },
      { reference: 'a/b', pullPolicy: 'x' },
      { reference: 'a/b', pullPolicy: '' },
      { pullPolicy: 'Always' },
      { reference: '' },
    ],
    (v) => mounted({ image: v }),
  ),
  'every gated source': volumes(
    [
      { name: 'a', emptyDir: {} },
      { name: 'b', persistentVolumeClaim: { claimName: 'c' } },
      { name: 'c', hostPath: { path: '/a' } },
      { name: 'd', csi: { driver: 'x' } },
      { name: 'e', ephemeral: {} },
      { name: 'f', image: { reference: 'x/y' } },
    ],
    ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name, mountPath: `/${name}` })),
  ),
  'projected nothing': projected(),
  'projected without sources': mounted({ projected: {} }),
  'projected an empty source': projected({}),
  'projected two in one source': projected({ secret: { name: 'a' }, configMap: { name: 'b' } }),
  'projected all in one source': projected({
    secret: { name: 'a' },
    configMap: { name: 'b' },
    serviceAccountToken: { path: 'x' },
    downwardAPI: {},
  }),
  'projected without names': projected({ secret: {} }, { configMap: {} }, { serviceAccountToken: {} }, { downwardAPI: {} }),
  'projected token without path': projected({ serviceAccountToken: { path: '' } }),
  'projected token': projected({ serviceAccountToken: { path: 'x', audience: 'a', expirationSeconds: 60 } }),
  'projected items': projected(
    {
      secret: {
        name: 'a',
        items: [
          { key: '', path: '' },
          { key: 'a', path: '' },
        ],
      },
    },
    { configMap: { name: 'a', items: [{}, { path: 'x' }] } },
  ),
  'projected downward api': projected({ downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } }),
  'projected downward api both': projected({
    downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'a' }, resourceFieldRef: { resource: 'b' } }] },
  }),
  'projected downward api neither': projected({ downwardAPI: { items: [{ path: 'a' }, {}] } }),
  'projected downward api without path': projected({
    downwardAPI: {
      items: [
        { path: '', fieldRef: { fieldPath: '' } },
        { path: 'a', resourceFieldRef: { resource: '' } },
      ],
    },
  }),
  'mount without a volume': container({ volumeMounts: [{ name: 'none', mountPath: '/a' }] }),
  'mount without a path': mounted(settings, { mountPath: '' }),
  'mount of nothing': container({ volumeMounts: [{}] }),
  ...each(
    'mount path',
    [
      '/',
      '//',
      '/dev',
      '/dev/',
      '/dev/log',
      '/dev/../',
      '/dev/x',
      'a',
      './a',
      '/a/../dev',
      '/var/log',
      '/tmp',
      '.',
      '/a b',
      '/../..',
      '/./dev/./log/.',
    ],
    (mountPath) => mounted(settings, { mountPath }),
  ),
  'mount path twice': volumes(
    [
      { name: 'v', ...settings },
      { name: 'w', ...settings },
    ],
    [
      { name: 'v', mountPath: '/a' },
      { name: 'w', mountPath: '/a/' },
      { name: 'w', mountPath: '/b' },
    ],
  ),
  'mount path thrice, by another way': volumes(
    [{ name: 'v', ...settings }],
    [
      { name: 'v', mountPath: '/a' },
      { name: 'v', mountPath: '/b/../a' },
      { name: 'v', mountPath: '//a' },
    ],
  ),
  ...each('mountPropagation', ['', 'None', 'HostToContainer', 'Bidirectional', 'x'], (mountPropagation) =>
    mounted({ emptyDir: {} }, { mountPropagation }),
  ),
  subPath: mounted(settings, { subPath: 'a/../b' }),
};
