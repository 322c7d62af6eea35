import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, test } from 'vitest';
import type { Ran } from '../../../scripts/lib/shell.ts';
import { kubectl, tryKubectl } from './cluster.ts';

/** One behaviour told in steps, in a namespace of its own, with the manifests of the YAML file beside the test. */
export interface Story {
  readonly namespace: string;
  /**
   * A step builds on those before it: after a failed one, the rest is skipped rather than left to time out. What the cluster
   * lacks for a step, it tells `skip`.
   */
  step(name: string, run: (skip: (reason: string) => never) => Promise<void>, timeoutMs?: number): void;
  /** `kubectl apply` of the section of the YAML file that starts with the comment `# <section>:`. */
  apply(section: string): Promise<void>;
  /** The same, but the answer is what matters, not its success. */
  tryApply(section: string): Promise<Ran>;
  manifest(section: string): string;
}

/** The sections of the YAML file beside `testFile`, by the name in each one's first comment. */
export function sectionsOf(testFile: string): Map<string, string> {
  const path = new URL(testFile.replace(/\.ts$/, '.yaml'));
  const documents = readFileSync(path, 'utf8').split(/^---$/m);
  return new Map(
    documents.map((text) => {
      const name = /^#\s*([a-z0-9-]+):/m.exec(text)?.[1];
      if (!name) throw new Error(`${path.pathname}: a document starts without a comment "# <section>: what it is"`);
      return [name, text.trimStart()];
    }),
  );
}

/** Sets up a story: call it once at the top of a test file, with `import.meta.url`. */
export function story(testFile: string): Story {
  const name = /([^/]+)\.ts$/.exec(testFile)?.[1] ?? 'story';
  const namespace = `${name}-${randomBytes(3).toString('hex')}`;
  const sections = sectionsOf(testFile);
  let failed: string | undefined;

  const manifest = (section: string): string => {
    const text = sections.get(section);
    if (text === undefined)
      throw new Error(`${name}.yaml has no section ${JSON.stringify(section)}, only ${[...sections.keys()].join(', ')}`);
    return text;
  };
  const args = ['apply', '-n', namespace, '-f', '-'];

  beforeAll(() => kubectl(['create', 'namespace', namespace]));
  // Pods may drain for half a minute: nobody waits for that. update-and-split shows that all of a Service can go.
  afterAll(() => kubectl(['delete', 'namespace', namespace, '--wait=false', '--ignore-not-found']));

  return {
    namespace,
    manifest,
    step(title, run, timeoutMs = 400_000) {
      test(title, { timeout: timeoutMs }, async (context) => {
        const skip = (reason: string): never => {
          // For the summary.
          Object.assign(context.task.meta, { skipped: reason });
          return context.skip(reason);
        };
        if (failed) skip(`the step before failed: ${failed}`);
        failed = title;
        await run((reason) => {
          failed = undefined;
          return skip(reason);
        });
        failed = undefined;
      });
    },
    apply: async (section) => {
      await kubectl(args, manifest(section));
    },
    tryApply: (section) => tryKubectl(args, manifest(section)),
  };
}
