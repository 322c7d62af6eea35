import { describe, expect, test } from 'vitest';
import { findAnnotation } from './annotations.ts';

describe('findAnnotation', () => {
  const dashed = 'autoscaling.knative.dev/min-scale';
  const camel = 'autoscaling.knative.dev/minScale';

  test('finds either spelling and tells which', () => {
    expect(findAnnotation({ [camel]: '2' }, 'minScale')).toEqual({ key: camel, value: '2' });
    expect(findAnnotation({ [dashed]: '1' }, 'minScale')).toEqual({ key: dashed, value: '1' });
  });

  test('lets the first spelling win, even when it is empty', () => {
    expect(findAnnotation({ [camel]: '2', [dashed]: '1' }, 'minScale')?.value).toBe('1');
    expect(findAnnotation({ [camel]: '2', [dashed]: '' }, 'minScale')).toEqual({ key: dashed, value: '' });
  });

  test('knows all three ways to turn TLS off', () => {
    for (const key of ['disableAutoTLS', 'disable-auto-tls', 'disable-external-domain-tls']) {
      expect(findAnnotation({ [`networking.knative.dev/${key}`]: 'true' }, 'disableExternalDomainTLS')?.value).toBe('true');
    }
  });

  test('finds nothing in nothing', () => {
    expect(findAnnotation(undefined, 'window')).toBeUndefined();
    expect(findAnnotation({}, 'window')).toBeUndefined();
  });
});
