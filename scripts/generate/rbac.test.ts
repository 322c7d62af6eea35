import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { generateRbac, rulesOf } from './rbac.ts';

const pods = { group: '', plural: 'pods' };
const services = { group: '', plural: 'services' };

test('verbs of one resource become one rule, in a fixed order', () => {
  const rows = [
    { kind: pods, verbs: ['watch', 'list'] as const },
    { kind: pods, verbs: ['get', 'list'] as const },
  ];
  expect(rulesOf(rows)).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
});

test('resources of a group with the same verbs share a rule; named objects and subresources do not widen it', () => {
  const rows = [
    { kind: services, verbs: ['get'] as const },
    { kind: pods, verbs: ['get'] as const },
    { kind: pods, subresource: 'status', verbs: ['update'] as const },
    { kind: pods, verbs: ['delete'] as const, names: ['one'] },
  ];
  expect(rulesOf(rows)).toEqual([
    { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods'], resourceNames: ['one'], verbs: ['delete'] },
    { apiGroups: [''], resources: ['pods/status'], verbs: ['update'] },
  ]);
});

/** Who sees secrets of any name, and why it cannot be less. */
const seesSecrets: Record<string, { verbs: string[]; why: string }> = {
  'deploy/controller/rbac.yaml': { verbs: ['get'], why: 'pull secrets of service accounts and revisions, wherever they are' },
  'deploy/gateway/rbac.yaml': { verbs: ['list', 'watch'], why: 'certificates of Ingresses, in any namespace, as they are renewed' },
};

test('no component may do everything, see secrets of others, or make rights', () => {
  for (const [file, text] of Object.entries(generateRbac())) {
    for (const document of parseAllDocuments(text)) {
      const { kind, rules = [] } = document.toJS() as { kind: string; rules?: Record<string, string[]>[] };
      for (const rule of rules) {
        const where = `${file}: ${JSON.stringify(rule)}`;
        expect(Object.values(rule).flat(), where).not.toContain('*');
        expect(rule.apiGroups, where).not.toContain('rbac.authorization.k8s.io');
        if (!rule.resources?.includes('secrets')) continue;
        const known = seesSecrets[file];
        if (known && kind === 'ClusterRole') expect(rule.verbs, where).toEqual(known.verbs);
        else expect([kind, rule.resourceNames], where).toEqual(['Role', expect.arrayContaining([expect.any(String)])]);
      }
    }
  }
});
