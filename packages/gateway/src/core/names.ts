/** The gateway's Services in the system namespace: what people reach, and what pods of the cluster reach. */
export const gatewayServices = { external: 'gateway', local: 'gateway-local' } as const;
