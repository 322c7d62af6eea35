import { dns1123Subdomain, goList, qualifiedName } from '../api/validate/names.ts';
import { readMap, textsOf } from './yaml.ts';

/** Runtime class → the labels a revision must have to get it. */
export type RuntimeClasses = Record<string, Record<string, string>>;

const labelValue = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const labelValueText = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${labelValue}')`;

function selectorErrors(selector: Record<string, string>): string[] {
  return Object.entries(selector).flatMap(([key, value]) => {
    const keyErrors = qualifiedName(key);
    const valueErrors = [
      ...(value.length > 63 ? ['must be no more than 63 bytes'] : []),
      ...(new RegExp(`^(?:${labelValue})$`).test(value) ? [] : [labelValueText]),
    ];
    return [
      ...(keyErrors.length > 0 ? [`key: Invalid value: ${JSON.stringify(key)}: ${keyErrors.join('; ')}`] : []),
      ...(valueErrors.length > 0 ? [`values[0][${key}]: Invalid value: ${JSON.stringify(value)}: ${valueErrors.join('; ')}`] : []),
    ];
  });
}

/**
 * `runtime-class-name` of config-deployment: YAML `class: {selector: {label: value}}` (contract control-plane 6.2). Throws
 * the contract's texts; a class without a name is refused, as upstream does.
 */
export function parseRuntimeClasses(text: string): RuntimeClasses {
  const unreadable = (why: string) => new Error(`runtime-class-name cannot be parsed, please check the format: ${why}`);
  const out: RuntimeClasses = {};
  for (const [name, value] of Object.entries(readMap(text, unreadable))) {
    const selector = textsOf((value as { selector?: unknown } | null)?.selector);
    if ((value !== null && typeof value !== 'object') || !selector) throw unreadable(`${name} is no map with a selector of texts`);
    const nameErrors = dns1123Subdomain(name);
    if (nameErrors.length > 0) throw new Error(`runtime-class-name ${name} selector not valid DNSSubdomain: ${goList(nameErrors)}`);
    const errors = selectorErrors(selector);
    if (errors.length > 0) throw new Error(`runtime-class-name ${name} selector invalid: ${errors.join(', ')}`);
    out[name] = selector;
  }
  return out;
}

/** The class whose selector matches with most labels, ties by name; undefined: none matches. */
export function lookupRuntimeClass(classes: RuntimeClasses, labels: Record<string, string> | undefined): string | undefined {
  const matching = Object.entries(classes).filter(([, selector]) => Object.entries(selector).every(([k, v]) => labels?.[k] === v));
  matching.sort(([a, x], [b, y]) => Object.keys(y).length - Object.keys(x).length || (a < b ? -1 : 1));
  return matching[0]?.[0];
}
