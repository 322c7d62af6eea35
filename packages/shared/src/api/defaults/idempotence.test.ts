import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apiConfig } from '../../testing/api-context.ts';
import { manifest, settingsData } from '../../testing/manifests.ts';
import type { KubeObject } from '../meta.ts';
import { errorText, warningLines } from '../validate/field-error.ts';
import { servedKinds, validateObject } from '../validate/index.ts';
import { decodeObject } from '../wire/decode.ts';
import type { ApiContext } from './context.ts';
import { withDefaults } from './index.ts';

/** Deterministic: a failure is found again. */
const runs = { numRuns: 150, seed: 1 };

describe.each(servedKinds)('%s, whatever stands in it', (kind) => {
  const read = (o: object) => decodeObject<KubeObject>(kind, o);
  const property = (check: (object: KubeObject, ctx: ApiContext) => void) =>
    fc.assert(
      fc.property(manifest(kind), settingsData, (object, data) => {
        check(read(object), { config: apiConfig(data), clusterDomain: 'cluster.local', operation: 'CREATE', username: 'ann' });
      }),
      runs,
    );

  test('reading it again changes nothing', () => property((o) => expect(read(o)).toEqual(o)));

  test('defaults of defaults are the defaults, for each operation', () => {
    property((o, made) => {
      const once = withDefaults(kind, o, made);
      const updated: ApiContext = { ...made, operation: 'UPDATE', before: once };
      const { operation: _, username: __, ...inMemory } = made;
      for (const ctx of [made, updated, inMemory]) {
        const filled = withDefaults(kind, o, ctx);
        expect(withDefaults(kind, filled, ctx)).toEqual(filled);
      }
      // What is stored is nobody's change when it comes back.
      expect(withDefaults(kind, once, { ...updated, username: 'bob' })).toEqual(once);
    });
  });

  test('defaults are in the form in which objects are stored', () => {
    property((o, ctx) => {
      const filled = withDefaults(kind, o, ctx);
      expect(read(filled)).toEqual(filled);
    });
  });

  test('neither defaulting nor validation touches it, and validation comes to an answer', () => {
    property((o, ctx) => {
      const copy = structuredClone(o);
      const filled = withDefaults(kind, o, ctx);
      const errors = validateObject(kind, filled, ctx);
      expect(o).toEqual(copy);
      expect([errorText(errors), warningLines(errors).join()].join()).not.toContain('undefined');
    });
  });
});
