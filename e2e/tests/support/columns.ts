import { kubectl } from './cluster.ts';

export type Row = Record<string, string>;

/** Reads a table of `kubectl get` by the positions of its headings: a cell may be empty, a heading may hold a blank. */
export function parseTable(text: string): Row[] {
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const headings = [...head.matchAll(/\S+(?: \S+)*/g)].map((m) => ({ name: m[0], at: m.index }));
  return lines.map((line) =>
    Object.fromEntries(headings.map(({ name, at }, i) => [name, line.slice(at, headings[i + 1]?.at ?? line.length).trim()])),
  );
}

/** What `kubectl get <types>` prints in a namespace, by the name with its type in front, as kubectl writes it. */
export async function columns(namespace: string, types: string): Promise<Map<string, Row>> {
  const tables = (await kubectl(['get', types, '-n', namespace])).trimEnd().split('\n\n');
  const rows = tables.flatMap(parseTable);
  return new Map(rows.map(({ NAME = '', ...cells }) => [NAME, cells]));
}
