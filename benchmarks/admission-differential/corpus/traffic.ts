import { annotated, both, type Edit, type Json, meta, type Rows, spec } from './edit.ts';

/** Traffic of Services and Routes, references of DomainMappings (contract control-plane 4.3). */

const traffic = (...list: Json[]): Edit => spec({ traffic: list });
const latest = { latestRevision: true, percent: 100 };

/** For a Service; `hello-00001` stands for a revision. */
export const serviceTrafficRows: Rows = {
  'no traffic': spec({ traffic: [] }),
  'all to latest': traffic({ percent: 100 }),
  'all to latest, said': traffic(latest),
  'latest false': traffic({ latestRevision: false, percent: 100 }),
  'a revision': traffic({ revisionName: 'hello-00001', percent: 100 }),
  'a revision, latest true': traffic({ revisionName: 'hello-00001', latestRevision: true, percent: 100 }),
  'a revision, latest false': traffic({ revisionName: 'hello-00001', latestRevision: false, percent: 100 }),
  'an empty revision': traffic({ revisionName: '', percent: 100 }),
  'a configuration': traffic({ configurationName: 'hello', percent: 100 }),
  'a configuration and a revision': traffic({ configurationName: 'hello', revisionName: 'hello-00001', percent: 100 }),
  'a bad revision name': traffic({ revisionName: 'b@d', percent: 100 }),
  'a revision name with a prefix': traffic({ revisionName: 'a/b', percent: 100 }, { revisionName: 'a/b/c', percent: 0 }),
  'a revision name too long': traffic({ revisionName: 'x'.repeat(64), percent: 100 }),
  ...Object.fromEntries([-1, 0, 1, 99, 101, 1000].map((percent) => [`percent ${percent}`, traffic({ latestRevision: true, percent })])),
  'percents that add up with a bad one': traffic({ latestRevision: true, percent: 150 }, { revisionName: 'hello-00001', percent: -50 }),
  'percents 50 and 49': traffic({ percent: 50 }, { revisionName: 'hello-00001', percent: 49 }),
  'percents 60 and 60': traffic({ percent: 60 }, { revisionName: 'hello-00001', percent: 60 }),
  'percent left out with a tag': traffic(latest, { revisionName: 'hello-00001', tag: 'old' }),
  'a url': traffic({ ...latest, url: 'http://x.example' }),
  ...Object.fromEntries(
    ['', 'a', 'A', '1', 'a.b', 'a-b', 'x'.repeat(64), '-'].map((tag) => [`tag ${JSON.stringify(tag)}`, traffic({ ...latest, tag })]),
  ),
  'a tag twice': traffic({ ...latest, percent: 50, tag: 'a' }, { ...latest, percent: 50, tag: 'a' }),
  'a tag thrice and another twice': traffic(
    { ...latest, tag: 'a' },
    ...['b', 'a', 'b', 'a'].map((tag) => ({ revisionName: 'hello-00001', tag })),
  ),
  'a bad tag twice': traffic({ ...latest, tag: 'A' }, { latestRevision: true, tag: 'A' }),
  'an empty entry': traffic({}),
  'an empty entry beside a good one': traffic(latest, {}),
  'everything wrong': traffic({ url: 'x', tag: 'A_', percent: 101, configurationName: 'a b', revisionName: 'c d', latestRevision: true }),
};

export const routeTrafficRows: Rows = {
  ...serviceTrafficRows,
  'neither revision nor configuration': traffic({ percent: 100 }),
  'a configuration, latest true': traffic({ configurationName: 'hello', latestRevision: true, percent: 100 }),
  'a configuration, latest false': traffic({ configurationName: 'hello', latestRevision: false, percent: 100 }),
  'a bad configuration name': traffic({ configurationName: 'b@d', percent: 100 }),
  'an empty configuration name': traffic({ configurationName: '', percent: 100 }),
  'configuration and revision side by side': traffic(
    { configurationName: 'hello', percent: 50 },
    { revisionName: 'hello-00001', percent: 50 },
  ),
};

const ref =
  (fields: Json): Edit =>
  (o) => {
    Object.assign(o.spec.ref, fields);
    for (const [k, v] of Object.entries(fields)) if (v === undefined) delete o.spec.ref[k];
  };

export const domainMappingRows: Rows = {
  ...Object.fromEntries(
    [
      'hello',
      'hello.example',
      'hello.example.com.',
      'Hello.example.com',
      'a_b.example.com',
      '.example.com',
      'a..b',
      '-a.b',
      'hello.default.svc.cluster.local',
      'cluster.local',
      'x.cluster.local',
      'xcluster.local',
      'a.svc.cluster.local.',
      '',
      '.',
      'a.',
      '*.example.com',
      `${'a'.repeat(64)}.com`,
      `${'a.'.repeat(127)}com`,
      `${'a.'.repeat(126)}b`,
      'ü.com',
      '1.2.3.4',
      'a.b/c',
    ].map((name) => [`domain ${JSON.stringify(name)}`, meta({ name })]),
  ),
  'generateName beside a name': meta({ generateName: 'x.' }),
  'only generateName': meta({ name: undefined, generateName: 'x.example.' }),
  'no ref': spec({ ref: undefined }),
  'an empty ref': spec({ ref: {} }),
  'ref without name': ref({ name: undefined }),
  'ref without kind': ref({ kind: '' }),
  'ref without apiVersion': ref({ apiVersion: undefined }),
  'ref with group': ref({ group: 'serving.knative.dev' }),
  'ref with group in place of apiVersion': ref({ group: 'serving.knative.dev', apiVersion: undefined }),
  'ref in its namespace': ref({ namespace: 'default' }),
  'ref in another namespace': ref({ namespace: 'other' }),
  'ref in an empty namespace': ref({ namespace: '' }),
  'ref with address': ref({ address: 'x' }),
  'ref to something else': ref({ kind: 'Gateway!', apiVersion: 'not/a/version', name: 'A_b' }),
  tls: spec({ tls: { secretName: 's' } }),
  'empty tls': spec({ tls: {} }),
  'tls without a name': spec({ tls: { secretName: '' } }),
  'autoscaling and odd annotations': annotated({
    'autoscaling.knative.dev/min-scale': 'x',
    'networking.knative.dev/x': 'y',
    'serving.knative.dev/rollout-duration': 'x',
  }),
  'everything wrong': both(meta({ name: 'A', generateName: 'b' }), spec({ ref: { namespace: 'x', group: 'y' } })),
};
