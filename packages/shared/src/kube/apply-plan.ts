import type { KubeObject } from '../api/meta.ts';
import { isNotFound, type KubeClient } from './client.ts';
import type { EventText, FailedWrite, Plan, Write } from './reconciler.ts';

export interface Applied<S> {
  status: S;
  events: EventText[];
  /** The write that failed, when one did: the ones after it were not tried. */
  error?: Error;
  /** Failed writes that the plan may do without. */
  ignored: { write: Write; error: Error }[];
}

export type Publish = (event: NonNullable<Write['announce']>) => void;

async function apply(client: KubeClient, write: Write): Promise<void> {
  switch (write.verb) {
    case 'create':
      await client.create(write.kind, write.object);
      return;
    case 'update':
      await client.update(write.kind, write.object);
      return;
    case 'patch':
      await client.patch(write.kind, write.namespace, write.name, write.type, write.body, write.subresource);
      return;
    case 'delete':
      try {
        await client.delete(write.kind, write.namespace, write.name, { uid: write.uid });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
  }
}

/**
 * Carries out the writes of a plan in order. A failed one ends it, and its `failed` says what that means for the status.
 * `publish` gets the NATS event of each that is done, at once.
 */
export async function applyPlan<S>(client: KubeClient, plan: Plan<S>, publish?: Publish): Promise<Applied<S>> {
  const events: EventText[] = [];
  const ignored: Applied<S>['ignored'] = [];
  for (const write of plan.writes) {
    try {
      await apply(client, write);
      if (write.event) events.push(write.event);
      if (write.announce) publish?.(write.announce);
    } catch (e) {
      if (write.mayBeGone && isNotFound(e)) continue;
      const error = e as Error;
      if (write.goOn) {
        ignored.push({ write, error });
        continue;
      }
      const outcome = (write.failed as FailedWrite | undefined)?.(error);
      // The same error: what kind of answer it was still counts.
      if (write.doing) error.message = `${write.doing}: ${error.message}`;
      if (outcome?.event) events.push(outcome.event);
      const status = outcome?.status ? (outcome.status as (s: S) => S)(plan.status) : plan.status;
      return { status, events: [...events, ...(plan.events ?? [])], ignored, error };
    }
  }
  return { status: plan.status, events: [...events, ...(plan.events ?? [])], ignored };
}

/** How a write is called in logs. */
export function describe(write: Write): string {
  const name = 'object' in write ? nameOf(write.object) : `${write.namespace}/${write.name}`;
  return `${write.verb} ${write.kind.kind} ${name}`;
}

const nameOf = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
