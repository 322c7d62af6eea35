const suffixes: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

// Each digit has one place in these patterns: a long text that does not match costs no more than its length.
const pattern = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;

/** Whether a text (or number) is a Kubernetes quantity. */
export const isQuantity = (text: string | number): boolean => pattern.test(String(text));

/** The value of a Kubernetes quantity in its base unit. Throws Kubernetes' error text. */
export function parseQuantity(text: string | number): number {
  const m = pattern.exec(String(text));
  if (!m && /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)[eEinumkKMGTP]+[+-]?\d*$/.test(String(text)))
    throw new Error("unable to parse quantity's suffix");
  if (!m) throw new Error("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  return m[2] ? Number(`${m[1]}${m[2]}`) : Number(m[1]) * (suffixes[m[3] ?? ''] ?? 1);
}

/** Suffixes of decimal quantities by power of ten, of binary ones by power of 1024. */
const decimal: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const decimalOf = new Map(Object.entries(decimal).map(([suffix, power]) => [power, suffix]));
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const nano = -9;
const most = 2n ** 63n - 1n;
/** More digits than any quantity keeps: binary ones end at 2^63, and nothing is smaller than a nano. */
const enough = 64;

/** digits × 10^power with the power a multiple of three and as few zeros as that leaves. */
function inThrees(digits: string, power: number): { digits: string; power: number } {
  let end = digits.length;
  while (end > 1 && digits[end - 1] === '0') end--;
  const up = power + digits.length - end;
  const more = ((up % 3) + 3) % 3;
  return { digits: digits.slice(0, end) + '0'.repeat(more), power: up - more };
}

/** Rounded away from zero to a multiple of 10^least. */
function roundedUp(digits: string, power: number, least: number): { digits: string; power: number } {
  if (power >= least) return { digits, power };
  const cut = digits.length - (least - power);
  const lost = cut <= 0 || /[1-9]/.test(digits.slice(cut));
  const kept = BigInt(cut > 0 ? digits.slice(0, Math.max(cut, 0)) : '0');
  return { digits: String(lost ? kept + 1n : kept), power: least };
}

/** Decimal quantities by their largest suffix. */
const withSuffix = (digits: string, power: number): string => {
  const q = inThrees(digits, power);
  return `${q.digits}${decimalOf.get(q.power) ?? ''}`;
};

/** whole.part × 1024^times; undefined: it is canonical as it is. */
function canonicalBinary(whole: string, part: string, times: number): string | undefined {
  if (part === '' && BigInt(whole.slice(0, 19)) % 8n !== 0n && whole.length + times * 3 < 15) return undefined;
  const capped = whole.length > 19 ? '9'.repeat(20) : whole || '0';
  const rest = part.slice(0, enough);
  const value = roundedUp(String(BigInt(capped + rest) * 1024n ** BigInt(times)), -rest.length, nano);
  const ones = BigInt(roundedUp(value.digits, value.power, 0).digits);
  const exact = ones * 10n ** BigInt(-value.power) === BigInt(value.digits);
  let n = ones > most ? most : ones;
  if (ones <= most && (n < 1024n || !exact)) return withSuffix(value.digits, value.power);
  let suffix = 0;
  for (; n % 1024n === 0n; n /= 1024n) suffix++;
  return `${n}${binary[suffix] ?? ''}`;
}

/** digits × 10^power, written with a suffix or with an exponent; undefined: it is canonical as it is. */
function canonicalDecimal(digits: string, power: number, exponent: boolean): string | undefined {
  if (digits.length <= 18 && power >= nano && power % 3 === 0 && !digits.endsWith('000') && digits[0] !== '0') return undefined;
  const value = roundedUp(digits.replace(/^0+/, ''), power, nano);
  if (!exponent) return withSuffix(value.digits, value.power);
  const e = inThrees(value.digits, value.power);
  return e.power === 0 ? e.digits : `${e.digits}e${e.power}`;
}

/**
 * A quantity as Kubernetes writes it back after reading: `1000m` is `1`, `0.5` is `500m`, `1024Mi` is `1Gi`; one that is
 * canonical already stays letter by letter. Throws Kubernetes' error text. Bounded work for any length of text.
 */
export function canonicalQuantity(given: string | number): string {
  const text = String(given);
  parseQuantity(text);
  const [, sign = '', whole = '', part = '', suffix = ''] = /^([+-]?)0*(\d*)\.?(\d*)(.*)$/.exec(text) ?? [];
  const digits = (whole || '0') + part;
  if (!/[1-9]/.test(digits)) return '0';
  const exponent = /^[eE][+-]?\d+$/.test(suffix);
  const power = exponent ? Number(suffix.slice(1)) : (decimal[suffix] ?? 0);
  const times = binary.indexOf(suffix);
  const canonical = times > 0 ? canonicalBinary(whole, part, times) : canonicalDecimal(digits, power - part.length, exponent);
  return canonical === undefined ? text : `${sign === '-' ? '-' : ''}${canonical}`;
}
