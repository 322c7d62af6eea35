// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates are what is read here.
import { describe, expect, test } from 'vitest';
import { annotations } from '../../../packages/shared/src/api/annotations.ts';
import { kinds } from '../../../packages/shared/src/api/kinds.ts';
import { labels } from '../../../packages/shared/src/api/labels.ts';
import { configMapNames } from '../../../packages/shared/src/config/names.ts';
import { configTables } from '../../../packages/shared/src/config/tables.ts';
import { generateReference } from '../reference.ts';
import { table } from './markdown.ts';
import { argumentsAt, textOf } from './texts.ts';

test('a table keeps its shape whatever the cells hold', () => {
  expect(table(['a', 'bc'], [['x | y', 'one\ntwo']])).toBe('| a      | bc         |\n| ------ | ---------- |\n| x \\| y | one<br>two |\n');
});

describe('texts of errors', () => {
  test.each([
    ["f('a, b', [c, (d)], `e, ${g(h, '}')}`)", ["'a, b'", '[c, (d)]', "`e, ${g(h, '}')}`"]],
    ["f(')')", ["')'"]],
    ['f()', []],
  ])('%s is taken apart', (call, args) => {
    expect(argumentsAt(call, 1)).toEqual(args);
  });
  test.each([
    ["'Kubernetes\\' way'", "Kubernetes' way"],
    ['`max-scale=${max} is less than ${c.minScale}`', 'max-scale=<max> is less than <minScale>'],
    ['`duplicate name ${quoted(name)}`', 'duplicate name "<name>"'],
    ['`was ${formatDuration(c.windowMs)}`', 'was <window>'],
    ['`escape ${host.slice(0, 3)}, ${items.length}`', 'escape <host>, <items>'],
    ['message', undefined],
    ['`a` + `b`', undefined],
  ])('%s reads %s', (literal, text) => {
    expect(textOf(literal)).toBe(text);
  });
});

test('the pages tell of every kind, annotation, label and key, and of errors', () => {
  const pages = generateReference();
  const all = Object.values(pages).join('\n');
  const wanted = [
    ...Object.keys(kinds).map((k) => `## ${k}\n`),
    ...Object.values(annotations).flat(),
    ...Object.values(labels),
    ...configMapNames.flatMap((name) => configTables[name].rows.flatMap((r) => [r.key, ...(r.aliases ?? [])])),
    'Traffic targets sum to <sum>, want 100',
    'stable-window = <stableWindow>, must be in [6s; 1h0m0s] range',
  ];
  expect(wanted.filter((text) => !all.includes(text))).toEqual([]);
  for (const file of Object.keys(pages))
    if (!file.endsWith('README.md')) expect(pages['docs/reference/README.md']).toContain(file.split('/').at(-1));
});
