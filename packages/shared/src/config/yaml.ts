import { parse } from 'yaml';

/** A YAML value of a config map as a map; nothing at all is an empty one. Throws `bad` of what else it is. */
export function readMap(text: string, bad: (why: string) => Error): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (error) {
    throw bad((error as Error).message);
  }
  if (!isMap(value)) throw bad(`want a map, was ${JSON.stringify(text)}`);
  return value;
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A map of texts; numbers and truths are taken as they are written, as upstream does. undefined: something else. */
export function textsOf(value: unknown): Record<string, string> | undefined {
  if (value === undefined || value === null) return {};
  if (!isMap(value) || Object.values(value).some((v) => typeof v === 'object' && v !== null)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, v === null ? '' : String(v)]));
}
