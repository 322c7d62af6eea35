import { ask } from './requests.ts';

/** Clients, each with a request in flight all the time, half a second long. */
export interface InFlight {
  /** So many more from now on. */
  more(clients: number): void;
  /** Ends them; what failed is the answer. */
  stop(): Promise<string[]>;
}

export function inFlight(host: string, clients: number): InFlight {
  const failures: string[] = [];
  const all: Promise<void>[] = [];
  let over = false;
  const client = async () => {
    while (!over) {
      const answer = await ask(host, { path: '/slow?ms=500' }).catch((error: Error) => ({ status: 0, error: error.message }));
      if (answer.status !== 200) failures.push(JSON.stringify(answer));
    }
  };
  const more = (count: number) => void all.push(...Array.from({ length: count }, client));
  more(clients);
  return {
    more,
    async stop() {
      over = true;
      await Promise.all(all);
      return failures;
    },
  };
}
