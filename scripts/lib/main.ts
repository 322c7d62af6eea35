/** Aborted by Ctrl-C or SIGTERM, so that a script can take back what it did; a second one ends it at once. */
const interrupted = new AbortController();

/** A wrong command line: the script's exit code is 64. */
export class UsageError extends Error {}

/**
 * Runs a script to its exit code. An error becomes one sentence on stderr and code 1 (64 for a wrong command line, 130
 * when it was interrupted).
 */
export async function main(run: (signal: AbortSignal) => Promise<number>): Promise<void> {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (interrupted.signal.aborted) process.exit(130);
      interrupted.abort(new Error(`interrupted by ${name}`));
    });
  }
  try {
    process.exitCode = await run(interrupted.signal);
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    console.error(`ebb: ${interrupted.signal.aborted ? (interrupted.signal.reason as Error).message : message}`);
    const usage = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS');
    process.exitCode = interrupted.signal.aborted ? 130 : usage ? 64 : 1;
  }
}
