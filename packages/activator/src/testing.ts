import type { KubeObject } from '@ebb/shared/api/meta.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import type { Cache, Change, Indexes } from '@ebb/shared/kube/cache.ts';
import { type ReportReply, type StatBatch, StatsIngestService, type WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { onCleanUp } from '@ebb/shared/testing/http.ts';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';

/** A cache that a test fills by hand. */
export class MemoryCache<T extends KubeObject> implements Cache<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: Indexes<T>;
  readonly #handlers = new Set<(change: Change<T>) => void>();

  constructor(indexes: Indexes<T> = {}) {
    this.#indexes = indexes;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  byIndex(index: string, key: string): T[] {
    return this.list().filter((o) => this.#indexes[index]?.(o).includes(key));
  }

  onChange(handler: (change: Change<T>) => void): () => void {
    this.#handlers.add(handler);
    for (const after of this.list()) handler({ after });
    return () => this.#handlers.delete(handler);
  }

  set(after: T): void {
    const before = this.#objects.get(keyOf(after));
    this.#objects.set(keyOf(after), after);
    for (const handler of this.#handlers) handler({ before, after });
  }

  remove(namespace: string, name: string): void {
    const before = this.get(namespace, name);
    this.#objects.delete(`${namespace}/${name}`);
    for (const handler of this.#handlers) handler({ before });
  }
}

/** A stats receiver on a loopback port, as an autoscaler has it, that keeps what it hears. */
export class Receiver {
  readonly heard: WireStatMessage[] = [];
  readonly #server = new Server();
  readonly #calls = new Set<ServerDuplexStream<StatBatch, ReportReply>>();
  owners: Record<string, string> = {};
  port = 0;

  async start(port = 0): Promise<this> {
    this.#server.addService(StatsIngestService, {
      report: (call: ServerDuplexStream<StatBatch, ReportReply>) => {
        this.#calls.add(call);
        call.write({ owners: this.owners });
        call.on('data', ({ messages }: StatBatch) => this.heard.push(...messages));
        call.on('error', () => this.#calls.delete(call));
        call.on('end', () => call.end());
      },
    });
    this.port = await new Promise((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    onCleanUp(() => this.stop());
    return this;
  }

  announce(owners: Record<string, string>): void {
    this.owners = owners;
    for (const call of this.#calls) call.write({ owners });
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  concurrencies(name: string): number[] {
    return this.heard.filter((m) => m.name === name).map((m) => m.stat?.averageConcurrentRequests ?? -1);
  }
}
