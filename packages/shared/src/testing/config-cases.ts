import { describe, expect, test } from 'vitest';
import type { ConfigMapName } from '../config/names.ts';
import { configTables } from '../config/tables.ts';

type Data = Record<string, string>;

/** What is tried of a config map (contract control-plane 6). */
interface Cases {
  /** A key, a value, and what the map then reads to, in part. */
  accepted: [key: string, value: string, reading: Record<string, unknown>][];
  /** A key, a value, the whole text that refuses it, and what else is set. */
  refused: [key: string, value: string, text: string, others?: Data][];
}

const needed: Partial<Record<ConfigMapName, Data>> = { 'config-deployment': { 'queue-sidecar-image': 'queue' } };

/** Reads a config map with what it cannot be without. */
export const parseConfig = (name: ConfigMapName, data: Data): unknown => configTables[name].parse({ ...needed[name], ...data });

export const notInt = (key: string, text: string, func = 'ParseInt'): string =>
  `failed to parse "${key}": strconv.${func}: parsing "${text}": invalid syntax`;
export const tooBig = (key: string, text: string): string =>
  `failed to parse "${key}": strconv.ParseInt: parsing "${text}": value out of range`;
export const notBool = (key: string, text: string): string => notInt(key, text, 'ParseBool');
export const notFloat = (key: string, text: string): string => notInt(key, text, 'ParseFloat');
export const notDuration = (key: string, text: string): string => `failed to parse "${key}": time: invalid duration "${text}"`;
export const notQuantity = (key: string): string =>
  `failed to parse "${key}": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`;
export const data = (text: string): string => `failed to parse data: ${text}`;

/** Tests of a config map: each case, that its defaults are what they are said to be, and that no key is left out. */
export function tryConfig(name: ConfigMapName, { accepted, refused }: Cases): void {
  describe(name, () => {
    test.each(accepted)('takes %s: %j', (key, value, reading) => {
      expect(parseConfig(name, { [key]: value })).toMatchObject(reading);
    });

    test.each(refused.map(([key, value, text, others = {}]) => ({ key, value, text, others })))('refuses $key: "$value"', (row) => {
      let said = 'nothing';
      try {
        parseConfig(name, { ...row.others, [row.key]: row.value });
      } catch (error) {
        said = (error as Error).message;
      }
      expect(said).toEqual(row.text);
    });

    // Keys of these are names that are chosen; what is not set is told apart from what is set to the default.
    if (!['config-domain', 'config-logging'].includes(name))
      test('reads the same with its defaults as without any', () => {
        const written = configTables[name].rows.filter((r) => r.default !== undefined && !r.key.startsWith('map-lease-prefix.'));
        const defaults = Object.fromEntries(written.map((r) => [r.key, String(r.default)]));
        expect(JSON.stringify(parseConfig(name, { ...defaults, ...needed[name] }))).toEqual(JSON.stringify(parseConfig(name, {})));
      });

    test('has each of its keys in this table', () => {
      const tried = new Set([...accepted, ...refused].map(([key]) => key));
      expect(configTables[name].rows.map((r) => r.key).filter((k) => !tried.has(k))).toEqual([]);
    });
  });
}
