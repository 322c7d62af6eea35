/** Kubernetes' name rules with its texts (contract control-plane 0.5); an empty list: the name is good. */

const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain1123 = `${label1123}(\\.${label1123})*`;
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const identifier = '[A-Za-z_][A-Za-z0-9_]*';

const matches = (pattern: string) => {
  const whole = new RegExp(`^(?:${pattern})$`);
  return (value: string): boolean => whole.test(value);
};
const isLabel1035 = matches(label1035);
const isLabel1123 = matches(label1123);
const isQualified = matches(qualified);
const isIdentifier = matches(identifier);
// Label by label: one pattern for all of them would go back over a long name again and again.
const isSubdomain1123 = (value: string): boolean => value.split('.').every(isLabel1123);

/** Kubernetes' way of putting a pattern into a sentence; two blanks stand before each further example. */
const sentence = (message: string, pattern: string, ...examples: string[]): string =>
  `${message} (e.g. ${examples.map((e) => `'${e}'`).join(',  or ')}, regex used for validation is '${pattern}')`;

const labelKey = sentence(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  qualified,
  'MyName',
  'my.name',
  '123-abc',
);

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
  qualified: `name part ${labelKey}`,
  qualifiedShape: `a valid label key ${labelKey} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
  identifier: sentence(
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
    identifier,
    'my_name',
    'MY_NAME',
    'MyName',
  ),
  dots: 'must not contain dots',
} as const;

const tooLong = (value: string, most: number): string[] =>
  Buffer.byteLength(value) > most ? [`must be no more than ${most} characters`] : [];

export const dns1035Label = (value: string): string[] => [...tooLong(value, 63), ...(isLabel1035(value) ? [] : [texts.label1035])];

export function dns1123Label(value: string): string[] {
  const wrong = isLabel1123(value) ? [] : [isSubdomain1123(value) ? texts.dots : texts.label1123];
  return [...tooLong(value, 63), ...wrong];
}

export const dns1123Subdomain = (value: string): string[] => [
  ...tooLong(value, 253),
  ...(isSubdomain1123(value) ? [] : [texts.subdomain1123]),
];

/** A generateName is good when it is with something behind it: a dash at its end stands before that. */
export const dns1035Prefix = (value: string): string[] =>
  dns1035Label(value.length > 1 && value.endsWith('-') ? `${value.slice(0, -2)}a` : value);

export const cIdentifier = (value: string): string[] => (isIdentifier(value) ? [] : [texts.identifier]);

/** A key or a name as Kubernetes' IsQualifiedName: `name` or `prefix/name`. */
export function qualifiedName(value: string): string[] {
  const [first = '', second, ...more] = value.split('/', 3);
  if (more.length) return [texts.qualifiedShape];
  const name = second ?? first;
  const errors: string[] = [];
  if (second !== undefined) {
    if (first === '') errors.push('prefix part must be non-empty');
    else errors.push(...dns1123Subdomain(first).map((e) => `prefix part ${e}`));
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (Buffer.byteLength(name) > 63) errors.push('name part must be no more than 63 bytes');
  if (!isQualified(name)) errors.push(texts.qualified);
  return errors;
}

/** Kubernetes' test of a full domain name, in its words: at least two labels; a dot at the end is no matter. */
export function fullDomainName(field: string, value: string): string[] {
  const name = value.replace(/\.$/, '');
  const invalid = (what: string, text: string): string[] => [`${field}: Invalid value: ${quoted(what)}: ${text}`];
  if (value === '') return [`${field}: Required value`];
  const errors = dns1123Subdomain(name);
  if (errors.length) return invalid(name, errors.join(','));
  const labels = name.split('.');
  if (labels.length < 2) return invalid(name, 'should be a domain with at least two segments separated by dots');
  const bad = labels.find((label) => dns1123Label(label).length > 0);
  return bad === undefined ? [] : invalid(bad, dns1123Label(bad).join(','));
}

/** Go's `%v` of a list of strings. */
export const goList = (items: readonly string[]): string => `[${items.join(' ')}]`;

const escapes: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** Go's `%q` of a text. */
export const quoted = (text: string): string =>
  `"${text.replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (c) => {
    const code = c.codePointAt(0) ?? 0;
    const hex = (digits: number) => code.toString(16).padStart(digits, '0');
    return escapes[c] ?? (code < 0x80 ? `\\x${hex(2)}` : code < 0x10000 ? `\\u${hex(4)}` : `\\U${hex(8)}`);
  })}"`;
