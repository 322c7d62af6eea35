/** Kubernetes' name rules with its texts (contract control-plane 0.5); an empty list: the name is good. */

const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain1123 = `${label1123}(\\.${label1123})*`;
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const matches = (pattern: string, value: string): boolean => new RegExp(`^(?:${pattern})$`).test(value);

/** Kubernetes' way of putting a pattern into a sentence; two blanks stand before each further example. */
const sentence = (message: string, pattern: string, ...examples: string[]): string =>
  `${message} (e.g. ${examples.map((e) => `'${e}'`).join(',  or ')}, regex used for validation is '${pattern}')`;

export const texts = {
  label1035: sentence(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    label1035,
    'my-name',
    'abc-123',
  ),
  label1123: sentence(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    label1123,
    'my-name',
    '123-abc',
  ),
  subdomain1123: sentence(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    subdomain1123,
    'example.com',
  ),
  qualified: sentence(
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    qualified,
    'MyName',
    'my.name',
    '123-abc',
  ),
} as const;

const check = (value: string, pattern: string, most: number, message: string): string[] => [
  ...(Buffer.byteLength(value) > most ? [`must be no more than ${most} characters`] : []),
  ...(matches(pattern, value) ? [] : [message]),
];

export const dns1035Label = (value: string): string[] => check(value, label1035, 63, texts.label1035);
export const dns1123Label = (value: string): string[] => check(value, label1123, 63, texts.label1123);
export const dns1123Subdomain = (value: string): string[] => check(value, subdomain1123, 253, texts.subdomain1123);

/** A generateName is good when it is with something behind it: a dash at its end stands before that. */
export const dns1035Prefix = (value: string): string[] =>
  dns1035Label(value.length > 1 && value.endsWith('-') ? `${value.slice(0, -2)}a` : value);

/** A key or a name as Kubernetes' IsQualifiedName: `name` or `prefix/name`. */
export function qualifiedName(value: string): string[] {
  const parts = value.split('/');
  const name = parts.at(-1) ?? '';
  if (parts.length > 2) {
    const full = texts.qualified.replace('name part', 'a qualified name');
    return [`${full} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const errors: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') errors.push('prefix part must be non-empty');
    else errors.push(...dns1123Subdomain(prefix).map((e) => `prefix part ${e}`));
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (Buffer.byteLength(name) > 63) errors.push('name part must be no more than 63 bytes');
  if (!matches(qualified, name)) errors.push(texts.qualified);
  return errors;
}

/** Kubernetes' test of a full domain name, in its words: at least two labels; a dot at the end is no matter. */
export function fullDomainName(field: string, value: string): string[] {
  const name = value.replace(/\.$/, '');
  const invalid = (what: string, text: string): string => `${field}: Invalid value: ${JSON.stringify(what)}: ${text}`;
  if (value === '') return [`${field}: Required value`];
  const errors = dns1123Subdomain(name);
  if (errors.length) return [invalid(name, errors.join(','))];
  const labels = name.split('.');
  if (labels.length < 2) return [invalid(name, 'should be a domain with at least two segments separated by dots')];
  return labels.flatMap((label) => {
    const wrong = dns1123Label(label);
    return wrong.length ? [invalid(label, wrong.join(','))] : [];
  });
}

/** Go's `%v` of a list of strings. */
export const goList = (items: readonly string[]): string => `[${items.join(' ')}]`;
