/**
 * Which spec of each Ingress all workers serve. A probe reaches one of them, so what it answers must hold for all: the
 * answer is the spec that they agree on. Workers count from when they listen.
 */
export class Agreement<Worker> {
  /** Of each worker, by Ingress, the hash of the spec that it serves. */
  readonly #serving = new Map<Worker, Map<string, string>>();
  readonly #listening = new Set<Worker>();
  readonly #agreed = new Map<string, string>();
  readonly #told: (ingress: string, hash: string | undefined) => void;

  /** `told` hears of each change. */
  constructor(told: (ingress: string, hash: string | undefined) => void) {
    this.#told = told;
  }

  /** Ingress → hash. */
  get all(): ReadonlyMap<string, string> {
    return this.#agreed;
  }

  serves(worker: Worker, ingress: string, hash: string): void {
    const known = this.#serving.get(worker) ?? new Map<string, string>();
    this.#serving.set(worker, known.set(ingress, hash));
    this.#look(ingress);
  }

  listens(worker: Worker): void {
    this.#listening.add(worker);
    this.#lookAtAll();
  }

  left(worker: Worker): void {
    this.#serving.delete(worker);
    this.#listening.delete(worker);
    this.#lookAtAll();
  }

  /** The Ingress was deleted. */
  gone(ingress: string): void {
    for (const known of this.#serving.values()) known.delete(ingress);
    this.#look(ingress);
  }

  #lookAtAll(): void {
    const known = [...this.#serving.values()].flatMap((hashes) => [...hashes.keys()]);
    for (const ingress of new Set([...known, ...this.#agreed.keys()])) this.#look(ingress);
  }

  #look(ingress: string): void {
    const hashes = new Set([...this.#listening].map((worker) => this.#serving.get(worker)?.get(ingress)));
    const [hash] = hashes;
    const now = hashes.size === 1 ? hash : undefined;
    if (now === this.#agreed.get(ingress)) return;
    if (now === undefined) this.#agreed.delete(ingress);
    else this.#agreed.set(ingress, now);
    this.#told(ingress, now);
  }
}
