import { crc32 } from '../lib/hash.ts';
import type { ConfigMapName } from './names.ts';
import { configTables } from './tables.ts';

/** The `_example` of a config map: every row with its documentation and default. */
export function exampleOf(name: ConfigMapName): string {
  const rows = configTables[name].rows.map(
    (r) => `# ${r.doc}\n${r.key}: ${r.default === undefined ? '# not set' : JSON.stringify(r.default)}\n`,
  );
  return `# Every key with its default. Copy what you want to change to the top level of data:\n# this block documents and is not read.\n\n${rows.join('\n')}`;
}

/** The checksum of an `_example` (contract control-plane 4.8). */
export const exampleChecksum = (example: string): string =>
  crc32(example.trim().replace(/(\r\n|\r|\n)+/g, '\\n'))
    .toString(16)
    .padStart(8, '0');
