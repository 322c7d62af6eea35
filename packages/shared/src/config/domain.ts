import { parse } from 'yaml';
import { labels as knownLabels } from '../api/labels.ts';

/** config-domain: domain → the labels a route must have to get it (contract control-plane 6.5). Empty: the default domain. */
export interface DomainConfig {
  domains: Record<string, Record<string, string>>;
}

/** Parses config-domain: each key is a domain, each value YAML `{selector: {label: value}}`. */
export function parseDomain(data: Record<string, string>): DomainConfig {
  const domains: Record<string, Record<string, string>> = {};
  for (const [domain, text] of Object.entries(data)) {
    if (domain === '_example') continue;
    let value: { selector?: Record<string, string> } | null;
    try {
      value = parse(text) as { selector?: Record<string, string> } | null;
    } catch (e) {
      throw new Error(`failed to parse "${domain}": ${(e as Error).message}`);
    }
    if (value !== null && typeof value !== 'object')
      throw new Error(`failed to parse "${domain}": want a map with the key selector, was ${JSON.stringify(text)}`);
    domains[domain] = value?.selector ?? {};
  }
  return { domains };
}

/**
 * The domain of a route by its labels: cluster-local ones get `svc.<cluster domain>`, others the matching domain with
 * most labels, ties by name, `svc.<cluster domain>` when none matches.
 */
export function lookupDomain(config: DomainConfig, labels: Record<string, string> | undefined, clusterDomain: string): string {
  const local = `svc.${clusterDomain}`;
  if (labels?.[knownLabels.visibility] === 'cluster-local') return local;
  const matching = Object.entries(config.domains).filter(([, selector]) => Object.entries(selector).every(([k, v]) => labels?.[k] === v));
  matching.sort(([a, x], [b, y]) => Object.keys(y).length - Object.keys(x).length || (a < b ? -1 : 1));
  return matching[0]?.[0] ?? local;
}
