/** The revision a Host header of exactly the shape `<name>.<namespace>.svc.<cluster domain>[:port]` names (contract data-plane 2.3). */
export function revisionOfHost(host: string, clusterDomain: string): { namespace: string; name: string } | undefined {
  const bare = host.replace(/:\d+$/, '');
  const suffix = `.svc.${clusterDomain}`;
  if (!bare.endsWith(suffix)) return undefined;
  const [name, namespace, ...more] = bare.slice(0, -suffix.length).split('.');
  return name && namespace && more.length === 0 ? { namespace, name } : undefined;
}
