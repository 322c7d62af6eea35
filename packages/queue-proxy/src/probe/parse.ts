/** A readiness probe of a user container as the controller encodes it (contract data-plane 1.5): hosts and ports resolved. */
export interface UserProbe {
  httpGet?: { host?: string; port: number; path?: string; scheme?: string; httpHeaders?: { name: string; value: string }[] };
  tcpSocket?: { host?: string; port: number };
  grpc?: { port: number; service?: string };
  /** 0 is aggressive probing. */
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
}

/** One probe or a list of them from JSON; '' is none, so is a null in the list. Throws an error that names `variable`. */
export function parseProbes(variable: string, json: string): UserProbe[] {
  if (json === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(`${variable} is not JSON (${(error as Error).message}); a probe or a list of probes would be right`);
  }
  const list = Array.isArray(value) ? value.filter((probe) => probe !== null) : [value];
  for (const probe of list) {
    const action = probe?.httpGet ?? probe?.tcpSocket ?? probe?.grpc;
    if (probe?.exec && !action) throw new Error(`${variable}: exec probe not supported`);
    if (!action) throw new Error(`${variable} is ${json}; each probe needs httpGet, tcpSocket or grpc`);
    if (!Number.isInteger(action.port) || action.port < 1 || action.port > 65535)
      throw new Error(`${variable}: the port of a probe is ${JSON.stringify(action.port)}; a number from 1 to 65535 would be right`);
  }
  return list as UserProbe[];
}
