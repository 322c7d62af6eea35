import { Readable } from 'node:stream';
import type { Exchange, ProxyRequest } from './handler.ts';

/** Whether a request has a body to pass on. */
export function hasBody({ req, httpMajor }: Exchange): boolean {
  if (httpMajor === 2) return !(req as { stream?: { endAfterHeaders?: boolean } }).stream?.endAfterHeaders;
  const { headers } = req;
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/**
 * A request's body as a stream of its own: whoever destroys it leaves the client's connection alone, which is needed
 * for the answer. Nothing is read before the first demand.
 */
export class RequestBody extends Readable {
  #req: ProxyRequest;
  /** Whether bytes of the body may be gone. */
  touched = false;

  constructor(req: ProxyRequest) {
    super();
    this.#req = req;
  }

  #data = (chunk: Buffer) => {
    if (!this.push(chunk)) this.#req.pause();
  };
  #end = () => this.push(null);
  #close = () => {
    if (!this.#req.complete) this.destroy(new Error('the client went away in the middle of its request'));
  };

  override _read(): void {
    if (this.touched) {
      this.#req.resume();
      return;
    }
    this.touched = true;
    this.#req.on('data', this.#data).on('end', this.#end).on('close', this.#close).on('error', this.#close);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.touched) {
      this.#req.off('data', this.#data).off('end', this.#end).off('close', this.#close);
      // What is left is thrown away, or the next request on the connection could never be read.
      if (!this.#req.destroyed) this.#req.resume();
    }
    done(error);
  }
}
