import { expect, test } from 'vitest';
import { parseDeployment } from './deployment.ts';
import { lookupRuntimeClass } from './runtime-class.ts';

const read = (text: string) => parseDeployment({ 'queue-sidecar-image': 'queue', 'runtime-class-name': text }).runtimeClasses;

test.each<[string, Record<string, string>, string | undefined]>([
  ['', {}, undefined],
  ['gvisor:', {}, 'gvisor'],
  ['gvisor: {}', { a: '1' }, 'gvisor'],
  ['kata: {selector: {use: kata}}', {}, undefined],
  ['kata: {selector: {use: kata}}', { use: 'other' }, undefined],
  ['kata: {selector: {use: kata}}', { use: 'kata', a: '1' }, 'kata'],
  ['gvisor: {}\nkata: {selector: {use: kata}}', { use: 'kata' }, 'kata'],
  ['kata: {selector: {a: "1"}}\nboth: {selector: {a: "1", b: "2"}}', { a: '1', b: '2' }, 'both'],
  ['b: {selector: {a: "1"}}\na: {selector: {b: "2"}}', { a: '1', b: '2' }, 'a'],
])('%j for %j: %s', (text, labels, found) => {
  expect(lookupRuntimeClass(read(text), labels)).toBe(found);
});

test.each([
  ['a: {', /^runtime-class-name cannot be parsed, please check the format: /],
  ['just text', /^runtime-class-name cannot be parsed, please check the format: /],
  ['a: {selector: {b: [1]}}', /^runtime-class-name cannot be parsed, please check the format: /],
  ['"": {selector: {b: c}}', /^runtime-class-name {2}selector not valid DNSSubdomain: \[a lowercase RFC 1123 subdomain must consist of /],
  ['Kata: {}', /^runtime-class-name Kata selector not valid DNSSubdomain: \[a lowercase RFC 1123 subdomain must consist of /],
  ['kata: {selector: {"a b": c}}', /^runtime-class-name kata selector invalid: key: Invalid value: "a b": name part must consist of /],
  [
    'kata: {selector: {a: "b c"}}',
    /^runtime-class-name kata selector invalid: values\[0\]\[a\]: Invalid value: "b c": a valid label must be /,
  ],
])('refused: %s', (text, why) => {
  expect(() => read(text)).toThrow(why);
});
