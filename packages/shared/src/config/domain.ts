import { labels as knownLabels } from '../api/labels.ts';
import { readMap, textsOf } from './yaml.ts';

/** One domain of config-domain. */
export interface Domain {
  /** The labels a route must have to get it; empty: the default domain. */
  selector: Record<string, string>;
  /** Whether namespaces get wildcard certificates for it. */
  wildcard: boolean;
}

/** config-domain: domain → who gets it (contract control-plane 6.5). */
export interface DomainConfig {
  domains: Record<string, Domain>;
}

/** Parses config-domain: each key is a domain, each value YAML `{selector: {label: value}, type: wildcard}`. */
export function parseDomain(data: Record<string, string>): DomainConfig {
  const domains: Record<string, Domain> = {};
  for (const [domain, text] of Object.entries(data)) {
    if (domain === '_example') continue;
    const { selector, type } = parseOne(domain, text);
    const unconditional = Object.keys(selector).length === 0;
    domains[domain] = { selector, wildcard: unconditional || type === 'wildcard' };
  }
  return { domains };
}

function parseOne(domain: string, text: string): { selector: Record<string, string>; type: string } {
  const bad = (why: string) => new Error(`failed to parse "${domain}": ${why}`);
  const { selector, type = '' } = readMap(text, bad);
  const labels = textsOf(selector);
  if (!labels) throw bad(`selector must map labels to texts, was ${JSON.stringify(selector)}`);
  if (typeof type === 'object') throw bad(`type must be a text, was ${JSON.stringify(type)}`);
  return { selector: labels, type: String(type) };
}

/** All domains there are: those of the map and, when none of them is for every route, `svc.<cluster domain>`. */
export function domainsOf(config: DomainConfig, clusterDomain: string): Record<string, Domain> {
  const hasDefault = Object.values(config.domains).some((d) => Object.keys(d.selector).length === 0);
  return hasDefault ? config.domains : { ...config.domains, [`svc.${clusterDomain}`]: { selector: {}, wildcard: true } };
}

/**
 * The domain of a route by its labels: cluster-local ones get `svc.<cluster domain>`, others the matching domain with
 * most labels, ties by name.
 */
export function lookupDomain(config: DomainConfig, labels: Record<string, string> | undefined, clusterDomain: string): string {
  const local = `svc.${clusterDomain}`;
  if (labels?.[knownLabels.visibility] === 'cluster-local') return local;
  const matching = Object.entries(domainsOf(config, clusterDomain)).filter(([, { selector }]) =>
    Object.entries(selector).every(([k, v]) => labels?.[k] === v),
  );
  const size = (d: Domain): number => Object.keys(d.selector).length;
  matching.sort(([a, x], [b, y]) => size(y) - size(x) || (a < b ? -1 : 1));
  return matching[0]?.[0] ?? local;
}
