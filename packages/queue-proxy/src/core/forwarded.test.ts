import { expect, it } from 'vitest';
import { forwarded } from './forwarded.ts';

it('makes Forwarded of X-Forwarded-*', () => {
  expect(forwarded('1.2.3.4', 'a.example', 'https')).toBe('for=1.2.3.4;host=a.example;proto=https');
  expect(forwarded('1.2.3.4, fe80::1', '', 'http')).toBe('for=1.2.3.4;proto=http, for="[fe80::1]"');
  expect(forwarded('', '', 'http')).toBe('proto=http');
  expect(forwarded('', 'h', undefined)).toBe('host=h');
  expect(forwarded('', '', '')).toBeUndefined();
});
