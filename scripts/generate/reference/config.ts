import { type FeatureName, featureFlags, flagValues } from '../../../packages/shared/src/config/features.ts';
import { configMapNames } from '../../../packages/shared/src/config/names.ts';
import { configTables } from '../../../packages/shared/src/config/tables.ts';
import { code, table } from './markdown.ts';

const shown = (value: string | undefined): string => (value === undefined ? 'not set' : value === '' ? 'empty' : code(value.trim()));

/** A section for each config map, with its keys, then the feature flags. */
export function configPage(): string {
  const sections = configMapNames
    .filter((name) => name !== 'config-features')
    .map((name) => {
      const rows = configTables[name].rows.map(({ key, aliases = [], type, doc, ...row }) => [
        aliases.length ? `${code(key)}\nonce ${aliases.map(code).join(', ')}` : code(key),
        type,
        shown(row.default),
        doc,
      ]);
      return `## ${name}\n\n${table(['Key', 'Value', 'Default', 'Meaning'], rows)}`;
    });
  const flags = (Object.keys(featureFlags) as FeatureName[]).map((name) => {
    const { doc, ...flag } = featureFlags[name];
    return [code(name), code(flag.default), flagValues(name).map(code).join(', '), doc];
  });
  const intro =
    'All are in the system namespace (`knative-serving`). A change is taken at once; one that is not acceptable is refused by the webhook, and should it get in all the same, the last good settings stay. Durations are written as `1h30m`, `10s` or `500ms`.';
  const features = `## config-features\n\nUpper or lower case is no matter; unknown values leave the default.\n\n${table(['Flag', 'Default', 'Values', 'Meaning'], flags)}`;
  return `${intro}\n\n${sections.join('\n')}\n${features}`;
}
