import { labels } from '@ebb/shared/api/labels.ts';
import type { ConfigStore } from '@ebb/shared/config/store.ts';
import { type RequestLog, requestLogTemplate } from '@ebb/shared/proxy/request-log.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import type { Call } from './handler/call.ts';

/** The request log as config-observability has it, followed live. Of pods it says nothing (contract data-plane 1.10, "ACT"). */
export function requestLog(config: ConfigStore, log: Pick<Logger, 'error'>, write: (line: string) => void): RequestLog<Call> {
  const requests: RequestLog<Call> = { template: undefined, revisionOf, probes: false, traced: false, write, now: () => performance.now() };
  const follow = () => {
    const { enableRequestLog, requestLogTemplate: text } = config.get('config-observability');
    try {
      requests.template = requestLogTemplate(enableRequestLog ? text : '');
    } catch (error) {
      log.error({ err: (error as Error).message }, 'the template of the request log is wrong: the last good one stays');
    }
  };
  config.onChange('config-observability', follow);
  follow();
  return requests;
}

const revisionOf = ({ revision: { metadata } }: Call) => ({
  Name: metadata.name,
  Namespace: metadata.namespace,
  Service: metadata.labels?.[labels.service] ?? '',
  Configuration: metadata.labels?.[labels.configuration] ?? '',
  PodName: '',
  PodIP: '',
});
