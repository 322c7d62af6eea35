/** What a service-account token says of the pod it is bound to. Not checked by anybody yet. */
export interface Claims {
  audiences: readonly string[];
  namespace: string;
  pod: { name: string; uid: string };
}

/** Reads a token without checking it, so that a review is asked for only where one can succeed; undefined when it is none. */
export function claimsOf(token: string): Claims | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const { aud, 'kubernetes.io': bound } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const { namespace, pod } = bound;
    if (![namespace, pod.name, pod.uid].every((text) => typeof text === 'string' && text !== '')) return undefined;
    return { audiences: [aud].flat(), namespace, pod: { name: pod.name, uid: pod.uid } };
  } catch {
    return undefined;
  }
}
