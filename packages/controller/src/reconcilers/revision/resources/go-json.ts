/**
 * JSON as Go writes it. It is part of pod templates: where a pod of another implementation says the same in other
 * letters, taking over its Deployment would roll it (contract control-plane 9.32).
 */
export const goJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
