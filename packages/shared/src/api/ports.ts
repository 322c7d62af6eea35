/** Ports on the wire (contract data-plane 0.2 and part 5, control-plane 8.2). */
export const ports = {
  /** queue-proxy and activator, protocol http1. */
  http1: 8012,
  /** queue-proxy and activator, protocol h2c. */
  h2c: 8013,
  https: 8112,
  /** The activator: gRPC announcements of new pods. Ebb's own. */
  announcements: 8014,
  queueAdmin: 8022,
  /** queue-proxy's stats: HTTP `/metrics` and gRPC PodStats on one port. */
  autometric: 9090,
  usermetric: 9091,
  metrics: 9090,
  profiling: 8008,
  probes: 8080,
  /** The autoscaler: stats over gRPC and the peer's WebSocket, and kubelet probes. */
  autoscaler: 8080,
  webhook: 8443,
  /** The gateway: for everybody, for the cluster's own pods, and its probes. */
  gatewayHttp: 8080,
  gatewayLocalHttp: 8081,
  gatewayHttps: 8443,
  gatewayLocalHttps: 8444,
  gatewayProbes: 8082,
  userDefault: 8080,
  serviceHttp: 80,
  serviceH2c: 81,
  serviceHttps: 443,
} as const;

/** Ports a user container must not declare (contract control-plane 4.5); 8112 is not among them upstream. */
export const reservedPorts = [8008, 8012, 8013, 8022, 9090, 9091] as const;
