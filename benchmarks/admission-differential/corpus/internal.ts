import { annotated, type Edit, each, type Json, type Rows, spec } from './edit.ts';

/** The kinds that components write (contract control-plane 4.6). */

const empty: Edit = (o) => {
  o.spec = {};
};
const absent: Edit = (o) => {
  delete o.spec;
};
const none: Rows = { 'an empty spec': empty, 'no spec': absent };

const references: readonly Json[] = [
  {},
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', name: 'x' },
  { kind: 'Deployment', name: 'x' },
  { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x', namespace: 'default', uid: 'u', resourceVersion: '1', fieldPath: 'x' },
  { apiVersion: 'a/b/c', kind: 'Two Words', name: 'A.b' },
  { apiVersion: '/v1', kind: '1x', name: '-a' },
  { apiVersion: 'Apps/v1', kind: '_x', name: 'a.b' },
  { apiVersion: 'v1', kind: 'x-y', name: 'x'.repeat(64) },
  { apiVersion: `a/${'v'.repeat(64)}`, kind: '', name: '' },
  { apiVersion: 'apps/', kind: 'é', name: '1' },
];

export const podAutoscalerRows: Rows = {
  ...none,
  ...each('target', references, (scaleTargetRef) => spec({ scaleTargetRef })),
  'no target': spec({ scaleTargetRef: undefined }),
  ...each('protocol', ['', 'http1', 'h2c', 'http2', 'H2C'], (protocolType) => spec({ protocolType })),
  ...each('concurrency', [-1, 0, 1, 10, 1000, 1001], (containerConcurrency) => spec({ containerConcurrency })),
  ...each('reachability', ['', 'Reachable', 'Unreachable', 'x'], (reachability) => spec({ reachability })),
  'everything wrong': spec({ scaleTargetRef: {}, protocolType: 'x', containerConcurrency: -5 }),
};

export const metricRows: Rows = {
  ...none,
  zeros: spec({ stableWindow: 0, panicWindow: 0, scrapeTarget: '' }),
  negative: spec({ stableWindow: -1 }),
};

export const serverlessServiceRows: Rows = {
  ...none,
  ...each('objectRef', references, (objectRef) => spec({ objectRef })),
  ...each('mode', ['', 'Serve', 'Proxy', 'serve', 'x'], (mode) => spec({ mode })),
  ...each('protocol', ['', 'h2c', 'x'], (protocolType) => spec({ protocolType })),
  ...each('numActivators', [-1, 0, 1, 2147483647], (numActivators) => spec({ numActivators })),
  'everything wrong': spec({ mode: 'x', protocolType: '', objectRef: {}, numActivators: -3 }),
  'networking annotations': annotated({ 'networking.knative.dev/x': '1', 'networking.knative.dev/ingress-class': '1' }),
  'a bad autoscaling annotation': annotated({ 'autoscaling.knative.dev/min-scale': 'x' }),
};

const split = { serviceNamespace: 'default', serviceName: 'a', servicePort: 80 };
const rules = (...list: Json[]): Edit => spec({ rules: list });
const paths = (...list: Json[]): Edit => rules({ hosts: ['a.example'], http: { paths: list } });
const splits = (...list: Json[]): Edit => paths({ splits: list });

export const ingressRows: Rows = {
  ...none,
  'no rules': spec({ rules: [] }),
  'rules left out': spec({ rules: undefined, httpOption: 'Enabled' }),
  'a rule with hosts alone': rules({ hosts: ['a'], http: {} }),
  'no paths': rules({ http: { paths: [] } }),
  'an empty path': paths({}),
  'a path without splits': paths({ path: '/', splits: [] }),
  'an empty split': splits({}),
  'a split without percent': splits(split),
  'a split of zero': splits({ ...split, percent: 0 }),
  'a split of fifty': splits({ ...split, percent: 50 }),
  ...each('percent', [-1, 100, 101], (percent) => splits({ ...split, percent })),
  'two splits': splits({ ...split, percent: 50 }, { ...split, percent: 50 }),
  'two splits of zero': splits(split, split),
  'two splits beyond': splits({ ...split, percent: 150 }, { ...split, percent: -50 }),
  'two splits short': splits({ ...split, percent: 40 }, { ...split, percent: 50 }),
  'another namespace': splits({ ...split, serviceNamespace: 'other', percent: 100 }),
  'no service': splits({ servicePort: 80, percent: 100 }),
  ...each('servicePort', [0, 80, '', 'http', '80', -1], (servicePort) => splits({ ...split, servicePort, percent: 100 })),
  ...each('visibility', ['', 'ExternalIP', 'ClusterLocal', 'x'], (visibility) =>
    rules({ visibility, http: { paths: [{ splits: [split] }] } }),
  ),
  ...each('httpOption', ['', 'Enabled', 'Redirected', 'x', 'enabled'], (httpOption) => spec({ httpOption })),
  ...each(
    'tls',
    [
      [],
      [{}],
      [{ secretName: 'a' }],
      [{ secretNamespace: 'a' }],
      [{ secretName: 'a', secretNamespace: 'b', hosts: ['x'] }],
      [{ hosts: ['x'] }],
    ],
    (tls) => spec({ tls }),
  ),
  'several paths and rules, several wrong': rules(
    { hosts: ['a'], http: { paths: [{ splits: [split] }, { splits: [{}] }, {}] } },
    { http: { paths: [] } },
    {
      hosts: ['b'],
      http: {
        paths: [
          {
            headers: { a: { exact: 'b' } },
            splits: [
              { ...split, percent: 30 },
              { ...split, percent: 80 },
            ],
          },
        ],
      },
    },
  ),
  'append headers and rewrite': paths({ appendHeaders: { a: 'b' }, rewriteHost: 'x', splits: [{ ...split, appendHeaders: { c: 'd' } }] }),
  'networking annotations': annotated({ 'networking.knative.dev/x': '1' }),
};

export const certificateRows: Rows = {
  ...none,
  ...each('dnsNames', [[], [''], ['a', ''], ['', ''], ['a.b', 'c.d']], (dnsNames) => spec({ dnsNames })),
  'no names': spec({ dnsNames: undefined }),
  'no secret': spec({ secretName: '' }),
  ...each('domain', ['', 'example.com', 'hello.example.com', 'other.com', '*.example.com', 'lo.example.com', 'EXAMPLE.com'], (domain) =>
    spec({ domain }),
  ),
  'everything wrong': spec({ dnsNames: [''], secretName: '', domain: 'x' }),
  'domain and no names': spec({ dnsNames: [], domain: 'x' }),
};
