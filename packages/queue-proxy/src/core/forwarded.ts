type Header = string | undefined;

/**
 * The Forwarded header (RFC 7239) from the X-Forwarded-* ones, for a request that has none (contract data-plane 1.8);
 * undefined when there is nothing to say.
 */
export function forwarded(forwardedFor: Header, host: Header, proto: Header): string | undefined {
  if (!forwardedFor && !host && !proto) return undefined;
  const nodes = (forwardedFor ?? '')
    .split(',')
    .map((node) => node.trim())
    .filter((node) => node !== '')
    .map((node) => `for=${node.includes(':') ? `"[${node.replace(/^\[|\]$/g, '')}]"` : node}`);
  const own = [nodes[0], host && `host=${host}`, proto && `proto=${proto}`].filter(Boolean).join(';');
  const all = [own, ...nodes.slice(1)].filter((part) => part !== '');
  return all.length ? all.join(', ') : undefined;
}
