import { describe, expect, test } from 'vitest';
import { apiConfig } from '../../../testing/api-context.ts';
import { goodSpecs } from '../../../testing/good-specs.ts';
import type { ApiContext } from '../../defaults/context.ts';
import { withDefaults } from '../../defaults/index.ts';
import { kinds } from '../../kinds.ts';
import { apiVersionOf, type KubeObject } from '../../meta.ts';
import { decodeObject } from '../../wire/decode.ts';
import { errorText, warningLines } from '../field-error.ts';
import { validateObject } from '../index.ts';
import { autoscalingRules } from './autoscaling.ts';
import type { Case } from './case.ts';
import { internalRules } from './internal.ts';
import { metadataRules } from './metadata.ts';
import { podRules } from './pod.ts';
import { templateRules } from './template.ts';
import { volumeRules } from './volumes.ts';

const rules = [...metadataRules, ...templateRules, ...autoscalingRules, ...podRules, ...volumeRules, ...internalRules];

const objectOf = ({ kind, spec, metadata }: Pick<Case, 'kind' | 'spec' | 'metadata'>): KubeObject =>
  ({
    apiVersion: apiVersionOf(kinds[kind]),
    kind,
    metadata: { name: kind === 'DomainMapping' ? 'hello.example.com' : 'hello', namespace: 'default', ...metadata },
    spec: { ...goodSpecs[kind], ...spec },
  }) as KubeObject;

/** As the webhook sees an object that is made, or that was made and changed. */
function found(c: Case) {
  const { kind, before, status } = c;
  const made: ApiContext = { config: apiConfig(c), clusterDomain: 'cluster.local', operation: 'CREATE' };
  const filled = (o: Pick<Case, 'spec' | 'metadata'>) => withDefaults(kind, decodeObject<KubeObject>(kind, objectOf({ ...o, kind })), made);
  const update: Partial<ApiContext> = before ? { operation: 'UPDATE', before: filled(before), subresource: status ? 'status' : '' } : {};
  return validateObject(kind, filled(c), { ...made, ...update });
}
const told = (c: Case, warns?: true): string => (warns ? warningLines(found(c)).join('\n') : errorText(found(c)));

describe.each(rules.map((r) => [r.id, r] as const))('%s', (_id, { accepts, rejects, warns }) => {
  test.each(accepts.map((c) => [JSON.stringify(c), c] as const))('accepts %s', (_text, c) => {
    expect(told(c, warns)).toBe('');
  });
  test.each(rejects.map(([c, text]) => [JSON.stringify(c), c, text] as const))('refuses %s', (_text, c, text) => {
    expect(told(c, warns)).toBe(text);
  });
});

test('each rule stands once, with what it lets pass and what it refuses', () => {
  expect(new Set(rules.map((r) => r.id)).size).toBe(rules.length);
  for (const { id, accepts, rejects } of rules) expect([accepts.length > 0, rejects.length > 0], id).toEqual([true, true]);
});
