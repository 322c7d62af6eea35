import { createRequire } from 'node:module';
import type { Seen } from './ours.ts';

/** Node's own binding of llhttp, as node:http uses it. */
interface Parser {
  initialize(kind: number, resource: object): void;
  execute(bytes: Buffer): number | Error;
  close(): void;
  [callback: number]: unknown;
}
export const { HTTPParser, methods } = createRequire(import.meta.url)('_http_common') as {
  HTTPParser: (new () => Parser) & Record<string, number>;
  methods: string[];
};

/** What llhttp makes of a connection's input. */
export function readByLlhttp(chunks: readonly Buffer[]): { seen: Seen[]; error?: string } {
  const seen: Seen[] = [];
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST!, {});
  let collected: string[] = [];
  let url = '';
  // Heads of many fields come in parts.
  parser[HTTPParser.kOnHeaders!] = (part: string[], more: string) => {
    collected.push(...part);
    url += more;
  };
  parser[HTTPParser.kOnHeadersComplete!] = (
    major: number,
    minor: number,
    headers: string[] | undefined,
    method: number,
    target: string,
  ) => {
    seen.push({
      method: methods[method] ?? '',
      url: url + (target ?? ''),
      version: `${major}.${minor}`,
      headers: [...collected, ...(headers ?? [])],
      body: '',
      complete: false,
    });
    collected = [];
    url = '';
    return 0;
  };
  parser[HTTPParser.kOnBody!] = (chunk: Buffer) => {
    seen.at(-1)!.body += chunk.toString('latin1');
  };
  parser[HTTPParser.kOnMessageComplete!] = () => {
    seen.at(-1)!.complete = true;
    collected = [];
    url = '';
  };
  try {
    for (const chunk of chunks) {
      const result = parser.execute(Buffer.from(chunk));
      if (typeof result !== 'number') return { seen, error: (result as Error & { reason?: string }).reason ?? result.message };
    }
  } finally {
    // It is kept for good otherwise.
    parser.close();
  }
  return { seen };
}
