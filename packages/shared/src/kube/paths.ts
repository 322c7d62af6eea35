import type { Kind } from '../api/meta.ts';

/** The URL path of a collection, an object or one of its subresources. The only place where paths are made. */
export function pathOf(kind: Kind, namespace?: string, name?: string, subresource?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = kind.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = name ? `/${encodeURIComponent(name)}` : '';
  return `${root}${scope}/${kind.plural}${object}${subresource ? `/${subresource}` : ''}`;
}
