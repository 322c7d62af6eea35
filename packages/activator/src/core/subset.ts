/**
 * The pods that one of several activators sends to (contract data-plane 2.4, "Subsetting"): all of them, or a share that no
 * other activator has. `index` is this activator's place among `activators`; -1 is not known yet, which means everything.
 * `pods` must be sorted, the same everywhere.
 */
export function subsetOf(pods: readonly string[], index: number, activators: number): string[] {
  if (index < 0 || pods.length <= 1 || activators <= 1) return [...pods];
  if (activators > pods.length) return pods.slice(index % pods.length, (index % pods.length) + 1);
  const share = Math.floor(pods.length / activators);
  const rest = pods.slice(share * activators);
  const own = pods.slice(index * share, (index + 1) * share);
  return index < rest.length ? [...own, rest[index] as string] : own;
}
