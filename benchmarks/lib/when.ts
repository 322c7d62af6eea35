import type { KubeObject } from '@ebb/shared/api/meta.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';

interface Options {
  /** What is waited for, for the error: `pod x to be gone`. */
  what: string;
  timeoutMs: number;
  signal?: AbortSignal;
  /** What there is instead, asked when the time is up. */
  seen?: () => string;
}

/**
 * Resolves when `holds`, asked at once and after each change in the caches, with the time of the change that made it
 * true (performance.now): the watch's own event, so that no polling interval blurs a measurement.
 */
export async function when(
  caches: readonly Pick<Cache<KubeObject>, 'onChange'>[],
  holds: () => boolean,
  options: Options,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const look = () => {
    if (holds()) resolve(performance.now());
  };
  const abort = () => reject(options.signal?.reason);
  const late = () => {
    const seen = options.seen?.();
    reject(new Error(`waited ${options.timeoutMs / 1000} s for ${options.what}${seen ? `; seen: ${seen}` : ''}`));
  };
  const timer = setTimeout(late, options.timeoutMs);
  options.signal?.addEventListener('abort', abort);
  if (options.signal?.aborted) abort();
  const stops = caches.map((c) => c.onChange(look));
  look();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
    for (const stop of stops) stop();
  }
}
