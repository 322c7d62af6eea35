import { existsSync } from 'node:fs';
import { goProgram } from '../../e2e/cluster/build.ts';
import { localExists, type Target, targetOf } from '../../e2e/cluster/context.ts';
import { type Ran, run } from './shell.ts';

const built = goProgram('kubernetes', 'kubectl');

/** kubectl, on the cluster that was named or the local one. */
export interface Kubectl {
  readonly target: Target;
  readonly program: string;
  /** Rejects with what kubectl said when its exit code is not 0. */
  (args: readonly string[], input?: string): Promise<string>;
  attempt(args: readonly string[], input?: string): Promise<Ran>;
}

/** kubectl for `--context`; without one, for the local cluster, which must have been started. */
export function kubectlFor(context: string | undefined): Kubectl {
  const target = targetOf(context);
  if (!target.context && !localExists()) {
    throw new Error('there is no local cluster: npm run cluster -- up starts one, --context NAME uses one that exists');
  }
  const program = existsSync(built) ? built : 'kubectl';
  const attempt = (args: readonly string[], input?: string) => run(program, [...target.kubectlArgs, ...args], { input });
  const call = async (args: readonly string[], input?: string) => {
    const ran = await attempt(args, input);
    if (ran.code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with code ${ran.code}:\n${ran.output.trim()}`);
    return ran.stdout;
  };
  return Object.assign(call, { target, program, attempt });
}
