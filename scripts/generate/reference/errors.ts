import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../lib/shell.ts';
import { code, table } from './markdown.ts';
import { argumentsAt, textOf } from './texts.ts';

interface Found {
  text: string;
  /** The end of the path it is reported under. */
  path: string;
  details: string;
}

/** The calls that make errors, and the text in front of what they are given. */
const makers: Record<string, string> = { general: '', invalidValue: 'invalid value: ', invalidKey: 'invalid key name ' };

const unlist = (literal: string): string =>
  literal.startsWith('[')
    ? argumentsAt(literal, 0)
        .map((a) => textOf(a) ?? '')
        .filter(Boolean)
        .join(', ')
    : (textOf(literal) ?? '');

function fieldErrors(source: string): Found[] {
  return [...source.matchAll(/(?<![.\w])(general|invalidValue|invalidKey)\(/g)].flatMap(({ 1: maker = '', index, 0: call }) => {
    const [what = '', path = '', details = ''] = argumentsAt(source, index + call.length - 1);
    const named = new RegExp(`const ${what} = (.+);`).exec(source)?.[1];
    const text = textOf(what) ?? (named && textOf(named.trim()));
    if (text === undefined && maker === 'general') return [];
    return [
      {
        text: (makers[maker] ?? '') + (text ?? (maker === 'invalidKey' ? '"<key>"' : '<value>')),
        path: unlist(path),
        details: textOf(details) ?? '',
      },
    ];
  });
}

/** Texts that are thrown, and those of a table of bounds: pairs of a condition and a text. */
function thrown(source: string): Found[] {
  const errors = [...source.matchAll(/new (?:Parse)?Error\(/g)].map(
    ({ index, 0: call }) => argumentsAt(source, index + call.length - 1)[0] ?? '',
  );
  const from = source.indexOf('function breaches');
  const list = from < 0 ? '' : source.slice(source.indexOf('return [', from) + 'return '.length);
  const bounds = list ? argumentsAt(list, 0).map((pair) => argumentsAt(pair, 0)[1] ?? '') : [];
  return [...bounds, ...errors].flatMap((literal) => {
    const text = textOf(literal);
    return text === undefined || /^<\w+>$/.test(text) ? [] : [{ text, path: '', details: '' }];
  });
}

const sources = (folder: string): [string, string][] =>
  readdirSync(join(root, folder))
    .filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts'))
    .sort()
    .map((f) => [f.slice(0, -3), readFileSync(join(root, folder, f), 'utf8')]);

/** The general texts say nothing without the field. */
const says = ({ text, path, details }: Found): boolean =>
  path !== '' || details !== '' || !/^invalid (value: |key name )("<key>"|<value>)?$/.test(text);

function rows(found: readonly Found[], withPath: boolean): string[][] {
  const seen = new Map(found.filter(says).map((f) => [`${f.text} ${f.path} ${f.details}`, f]));
  return [...seen.values()].map(({ text, path, details }) => [
    details ? `${code(text)}\nthen ${code(details)}` : code(text),
    ...(withPath ? [path ? code(path) : ''] : []),
  ]);
}

const titles: Record<string, string> = {
  annotations: 'Annotations',
  container: 'Containers',
  image: 'Images',
  internal: 'Internal kinds',
  metadata: 'Metadata',
  'pod-spec': 'The pod as a whole',
  probes: 'Probes',
  'revision-spec': 'Templates and revisions',
  security: 'Security contexts',
  serving: 'Revisions and DomainMappings',
  traffic: 'Traffic',
  volumes: 'Volumes',
};

const general: [string, string][] = [
  ['missing field(s)', 'A field that must be set is not.'],
  ['must not set the field(s)', 'A field that may not be set is: it is not supported, or needs a feature flag.'],
  ['expected exactly one, got neither', 'One of the fields named must be set.'],
  ['expected exactly one, got both', 'Only one of the fields named may be set.'],
  ['expected <lo> <= <value> <= <hi>', 'The value is out of bounds.'],
  ['invalid value: <value>', 'The value is not one that is known or well formed.'],
  ['invalid key name "<key>"', 'A key that is not known here, or not well formed.'],
];

/** The texts of validation and of config maps, found in the code that says them. */
export function errorsPage(): string {
  const parts = sources('packages/shared/src/api/validate').flatMap(([name, source]) => {
    const found = rows(fieldErrors(source), true);
    return found.length && titles[name] ? [`### ${titles[name]}\n\n${table(['Text', 'Path ends in'], found)}`] : [];
  });
  const maps = sources('packages/shared/src/config').flatMap(([name, source]) => {
    const found = rows(thrown(source), false);
    const key = name === 'runtime-class' ? 'runtime-class-name' : undefined;
    return found.length && !['store', 'row', 'yaml'].includes(name)
      ? [`### ${key === undefined ? `config-${name}` : `config-deployment, ${key}`}\n\n${table(['Text'], found)}`]
      : [];
  });
  const intro = `An object that is refused is told with every error, a line each: the text, a colon, and the paths it is about. \`<words>\` stand for values.\n\n\`\`\`text\nadmission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: expected 0 <= -1 <= 1000: spec.template.spec.containerConcurrency\n\`\`\`\n`;
  const everywhere = `## Everywhere\n\n${table(
    ['Text', 'Meaning'],
    general.map(([t, m]) => [code(t), m]),
  )}`;
  const parse =
    'Values that cannot be read: `failed to parse "<key>": <why>`, with the why of Go: `strconv.ParseInt: parsing "<value>": invalid syntax`, `time: invalid duration "<value>"`.';
  return `${intro}\n${everywhere}\n## Objects\n\n${parts.join('\n')}\n## Config maps\n\n${parse}\n\n${maps.join('\n')}`;
}
