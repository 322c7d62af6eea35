import type { TrafficTarget } from '../kinds.ts';
import {
  both,
  disallowed,
  type FieldErrors,
  general,
  invalidKey,
  invalidValue,
  mostErrors,
  neither,
  outOfBounds,
  under,
} from './field-error.ts';
import { dns1035Label, goList, qualifiedName, quoted } from './names.ts';

/** Where a target leads: in a Service to its own configuration or a revision, in a Route to one of both. */
function validateName(t: TrafficTarget, ownConfiguration: boolean): FieldErrors {
  const named = (field: 'revisionName' | 'configurationName'): FieldErrors => {
    const wrong = qualifiedName(t[field] ?? '');
    return wrong.length ? invalidKey(t[field] ?? '', field, ...wrong) : [];
  };
  if (ownConfiguration && t.configurationName) return disallowed('configurationName');
  if (t.revisionName && t.configurationName) return both('revisionName', 'configurationName');
  if (t.revisionName) return named('revisionName');
  if (t.configurationName) return named('configurationName');
  return ownConfiguration ? [] : neither('revisionName', 'configurationName');
}

function validateTarget(t: TrafficTarget, ownConfiguration: boolean): FieldErrors {
  const latest = t.latestRevision;
  return [
    ...(latest !== undefined && latest !== null && latest !== !t.revisionName
      ? general(`may not set revisionName ${quoted(t.revisionName ?? '')} when latestRevision is ${latest}`, ['latestRevision'])
      : []),
    ...validateName(t, ownConfiguration),
    ...((t.percent ?? 0) < 0 || (t.percent ?? 0) > 100 ? outOfBounds(t.percent, 0, 100, 'percent') : []),
    ...(t.url ? disallowed('url') : []),
  ];
}

/** A traffic block (contract control-plane 4.3); paths are under `traffic`. `ownConfiguration`: that of a Service. */
export function validateTraffic(traffic: readonly TrafficTarget[], ownConfiguration: boolean): FieldErrors {
  const first = new Map<string, number>();
  const errors: FieldErrors[] = [];
  let sum = 0;
  traffic.forEach((t, i) => {
    sum += t?.percent ?? 0;
    if (errors.length >= mostErrors) return;
    const wrong = validateTarget(t ?? {}, ownConfiguration);
    if (wrong.length) errors.push(under(wrong, i));
    const tag = t?.tag;
    if (!tag) return;
    const bad = dns1035Label(tag);
    // The index after the field is upstream's, and people match on it.
    if (bad.length) errors.push(under(invalidValue(`not a DNS 1035 label: ${goList(bad)}`, ''), 'tag', i));
    const other = first.get(tag);
    if (other === undefined) first.set(tag, i);
    else errors.push(general(`Multiple definitions for ${quoted(tag)}`, [`[${other}].tag`, `[${i}].tag`]));
  });
  if (sum !== 100) errors.push(general(`Traffic targets sum to ${sum}, want 100`, ['']));
  return under(errors.flat(), 'traffic');
}
