/** Headers of the data plane, in lower case as Node reads them (contract data-plane 0.1). */
export const headers = {
  probe: 'k-network-probe',
  hash: 'k-network-hash',
  kubeletProbe: 'k-kubelet-probe',
  revision: 'knative-serving-revision',
  namespace: 'knative-serving-namespace',
  tag: 'knative-serving-tag',
  defaultRoute: 'knative-serving-default-route',
  proxyRequest: 'k-proxy-request',
  originalHost: 'k-original-host',
  passthroughLb: 'k-passthrough-lb',
  directLb: 'knative-direct-lb',
  /** On queue-proxy's answers to probes: `namespace/name` of its pod. Ebb's own, as is the next. */
  pod: 'ebb-pod',
  /** How many milliseconds ago what happened in that pod: `sandbox=310, started=95, listening=4, ready=2`. */
  podStart: 'ebb-pod-start',
} as const;

/** A header's name as it is written in objects: `Knative-Serving-Tag`. */
export const asWritten = (name: string): string => name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase());

/** User-Agent values that mark a probe. */
export const userAgents = {
  kubeletPrefix: 'kube-probe/',
  activator: 'Knative-Activator-Probe',
  autoscaler: 'Knative-Autoscaling-Probe',
  ingress: 'Knative-Ingress-Probe',
} as const;

/** Values of K-Network-Probe. */
export const probeValues = { network: 'probe', queue: 'queue', activator: 'activator' } as const;

/** The path of every prober; receivers look at headers only. */
export const healthPath = '/healthz';
