import { annotations } from '@ebb/shared/api/annotations.ts';
import type { ConfigMap } from '@ebb/shared/api/builtin.ts';
import { exampleChecksum } from '@ebb/shared/config/example.ts';
import { configMapNames } from '@ebb/shared/config/names.ts';
import { configTables } from '@ebb/shared/config/tables.ts';
import type { AdmissionRequest, Decision } from './review.ts';

const exampleText =
  'the update modifies a key in "_example" which is probably not what you want. Instead, copy the respective setting to the top-level of the ConfigMap, directly below "data"';

/** Why the example of a config map is not the one it was installed with, or undefined (contract control-plane 4.8). */
function exampleError(map: ConfigMap): string | undefined {
  const example = map.data?._example;
  const checksum = map.metadata.annotations?.[annotations.exampleChecksum[0]];
  return example === undefined || checksum === undefined || exampleChecksum(example) === checksum ? undefined : exampleText;
}

/** `/config-validation`: whether components could read a config map; maps that are not ours pass. */
export function validateConfigMap(request: AdmissionRequest): Decision {
  if (request.operation !== 'CREATE' && request.operation !== 'UPDATE') return {};
  const { group, version, kind } = request.kind;
  if (group !== '' || kind !== 'ConfigMap') return { denied: `validation failed: unhandled kind: ${group}/${version}, Kind=${kind}` };
  const map = request.object as ConfigMap | null | undefined;
  const name = configMapNames.find((n) => n === (request.name || map?.metadata.name));
  if (!name || !map) return {};
  const { _example, ...settings } = map.data ?? {};
  try {
    const wrong = exampleError(map);
    if (wrong) return { denied: `validation failed: ${wrong}` };
    configTables[name].parse(settings);
    return {};
  } catch (error) {
    return { denied: `validation failed: ${(error as Error).message}` };
  }
}

/** The keys whose values an accepted update changes; for the event `config.changed`. */
export function changedKeys(request: AdmissionRequest): string[] {
  const [now, before] = [request.object, request.oldObject].map((o) => (o as ConfigMap | null | undefined)?.data ?? {});
  const keys = new Set([...Object.keys(now ?? {}), ...Object.keys(before ?? {})]);
  return [...keys].filter((k) => k !== '_example' && now?.[k] !== before?.[k]).sort();
}
