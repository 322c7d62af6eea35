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

const pattern = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;

/** Whether a text (or number) is a Kubernetes quantity. */
export const isQuantity = (text: string | number): boolean => pattern.test(String(text));

/** The value of a Kubernetes quantity in its base unit. Throws Kubernetes' error text. */
export function parseQuantity(text: string | number): number {
  const m = pattern.exec(String(text));
  if (!m) throw new Error("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  return m[2] ? Number(`${m[1]}${m[2]}`) : Number(m[1]) * (suffixes[m[3] ?? ''] ?? 1);
}
