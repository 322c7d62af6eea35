import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where built parts are kept, outside the tree: EBB_CACHE, or `ebb` in the user's cache folder. */
export const cacheDir: string = process.env.EBB_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ebb');

/** Where the running cluster keeps its state: EBB_STATE, or /var/lib/ebb-cluster. */
export const stateDir: string = process.env.EBB_STATE ?? '/var/lib/ebb-cluster';

export const inCache = (...parts: string[]): string => join(cacheDir, ...parts);
export const inState = (...parts: string[]): string => join(stateDir, ...parts);

/** The kubeconfig of the local cluster. */
export const localKubeconfig: string = inState('kubeconfig');
