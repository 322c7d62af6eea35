import type { EventBus } from '@ebb/shared/events/types.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import type { ColdStart, Phase } from './core/cold-start.ts';
import type { ActivatedRevision } from './revisions/revision.ts';
import type { Reporter } from './stats/reporter.ts';
import type { Instruments } from './telemetry.ts';

export interface WakeOptions {
  reporter: Reporter;
  bus: EventBus;
  instruments: Instruments;
  log: Logger;
}

const replyMs = 2_000;

/** What happens at the two ends of a cold start: the autoscaler is told by gRPC and by NATS, and its waterfall is published. */
export function wakes({ reporter, bus, instruments, log }: WakeOptions) {
  return {
    held({ key, namespace, name, nature }: ActivatedRevision, mark: (phase: Phase) => void): void {
      if (reporter.poke(key)) mark('poked');
      log.debug({ revision: key }, 'held for want of capacity');
      const data = { containerConcurrency: nature.containerConcurrency };
      bus.request({ type: 'revision.wake', namespace, name, data }, replyMs).then(
        () => {
          mark('poked');
          mark('woken');
        },
        // Faster when it works, never needed: the stats carry the same word.
        (error: Error) => log.debug({ revision: key, err: error.message }, 'nobody answered the wake event'),
      );
    },
    finished(revision: ActivatedRevision, { waterfall }: ColdStart): void {
      const { key, namespace, name } = revision;
      instruments.coldStart(revision, waterfall.firstByte ?? 0);
      log.info({ revision: key, ms: waterfall }, 'cold start finished');
      bus.publish({ type: 'coldstart.finished', namespace, name, data: { ...waterfall } });
    },
  };
}
