/** How many reviews may begin, and how often one pod may ask for them: the API server's time is everybody's. */
const perSecond = 50;
const burst = 200;
const perPod = 5;
const podWindowMs = 10_000;
/** Pods that are remembered; a flood of made-up ones pushes out old ones. */
const podsAtMost = 10_000;

/** Hands out token reviews: so many a second in all, so many a pod. Times in ms. */
export class Allowance {
  #tokens = burst;
  #at: number;
  readonly #pods = new Map<string, { since: number; asked: number }>();

  constructor(now: number) {
    this.#at = now;
  }

  /** 0 when a review for this pod may begin, else the milliseconds until another try is of use. */
  take(uid: string, now: number): number {
    const pod = this.#pods.get(uid);
    const current = pod && now - pod.since < podWindowMs ? pod : { since: now, asked: 0 };
    if (current.asked >= perPod) return podWindowMs - (now - current.since);
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / perSecond) * 1000);
    this.#tokens--;
    this.#pods.delete(uid);
    this.#pods.set(uid, { ...current, asked: current.asked + 1 });
    if (this.#pods.size > podsAtMost) this.#pods.delete(this.#pods.keys().next().value as string);
    return 0;
  }
}
