import type { Exchange } from './handler.ts';

/** The status a client got in the end, or would have got had it waited for the error; undefined: nothing was answered. */
export const statusOf = ({ res }: Exchange, error: Error | undefined): number | undefined =>
  res.headersSent ? res.statusCode : error ? 502 : undefined;
