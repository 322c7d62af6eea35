import type { EventBus, EventType } from '@ebb/shared/events/types.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { traceColdStart } from './cold-start-trace.ts';
import { type ColdStart, type Phase, stepsOf } from './core/cold-start.ts';
import type { ActivatedRevision } from './revisions/revision.ts';
import type { Reporter } from './stats/reporter.ts';
import type { Instruments } from './telemetry.ts';

export interface WakeOptions {
  reporter: Reporter;
  bus: EventBus;
  instruments: Instruments;
  log: Logger;
  /** By `namespace/name`. */
  revision: (key: string) => ActivatedRevision | undefined;
}

const replyMs = 2_000;

/** What happens at the two ends of a cold start: the autoscaler is told by gRPC and by NATS, and its waterfall is published. */
export function wakes({ reporter, bus, instruments, log, revision: find }: WakeOptions) {
  const follow = (type: EventType, phase: Phase) =>
    bus.subscribe(type, ({ namespace, name }) => {
      find(`${namespace}/${name}`)?.mark(phase);
      return undefined;
    });
  follow('revision.decided', 'decided');
  follow('revision.scaled', 'scaled');
  return {
    held(revision: ActivatedRevision): void {
      const { key, namespace, name, nature } = revision;
      if (reporter.poke(key)) revision.mark('poked');
      log.debug({ revision: key }, 'held for want of capacity');
      const data = { containerConcurrency: nature.containerConcurrency };
      bus.request({ type: 'revision.wake', namespace, name, data }, replyMs).then(
        () => revision.mark('poked'),
        // Faster when it works, never needed: the stats carry the same word.
        (error: Error) => log.debug({ revision: key, err: error.message }, 'nobody answered the wake event'),
      );
    },
    finished(revision: ActivatedRevision, coldStart: ColdStart): void {
      const { key, namespace, name } = revision;
      const { waterfall } = coldStart;
      const steps = stepsOf(waterfall);
      instruments.coldStart(revision, waterfall.firstByte ?? 0, steps);
      traceColdStart(revision, coldStart);
      log.info({ revision: key, ms: waterfall }, 'cold start finished');
      bus.publish({ type: 'coldstart.finished', namespace, name, data: { ...waterfall, steps } });
    },
  };
}
