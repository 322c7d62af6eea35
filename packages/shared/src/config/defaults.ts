import { compileTemplate } from '../lib/go-template.ts';
import { type Reading, readRows, row } from './row.ts';

/** config-defaults (contract control-plane 6.1). Seconds stay seconds: that is what revisions hold. */
export const defaultsRows = {
  revisionTimeoutSeconds: row.int('revision-timeout-seconds', '300', 'timeoutSeconds of revisions that do not say.'),
  maxRevisionTimeoutSeconds: row.int('max-revision-timeout-seconds', '600', 'The largest timeoutSeconds a revision may ask for.'),
  responseStartTimeoutSeconds: row.optionalInt(
    'revision-response-start-timeout-seconds',
    'Seconds until the first byte; unset: revision-timeout-seconds.',
  ),
  idleTimeoutSeconds: row.int('revision-idle-timeout-seconds', '0', 'Seconds without a byte; 0: no limit.'),
  cpuRequest: row.optionalQuantity('revision-cpu-request', 'CPU request of user containers that name none.'),
  memoryRequest: row.optionalQuantity('revision-memory-request', 'Memory request of user containers that name none.'),
  ephemeralStorageRequest: row.optionalQuantity(
    'revision-ephemeral-storage-request',
    'Ephemeral storage request of user containers that name none.',
  ),
  cpuLimit: row.optionalQuantity('revision-cpu-limit', 'CPU limit of user containers that name none.'),
  memoryLimit: row.optionalQuantity('revision-memory-limit', 'Memory limit of user containers that name none.'),
  ephemeralStorageLimit: row.optionalQuantity(
    'revision-ephemeral-storage-limit',
    'Ephemeral storage limit of user containers that name none.',
  ),
  containerNameTemplate: row.of((t) => t, 'Go template')(
    'container-name-template',
    'user-container',
    'Name of containers without one; a template over the parent object: {{.Name}}, {{.Namespace}}.',
  ),
  initContainerNameTemplate: row.of((t) => t, 'Go template')(
    'init-container-name-template',
    'init-container',
    'The same for init containers.',
  ),
  containerConcurrency: row.int('container-concurrency', '0', 'containerConcurrency of revisions that do not say; 0: no limit.'),
  containerConcurrencyMaxLimit: row.int(
    'container-concurrency-max-limit',
    '1000',
    'The largest containerConcurrency a revision may ask for.',
  ),
  allowContainerConcurrencyZero: row.bool('allow-container-concurrency-zero', 'true', 'Whether a revision may ask for no limit.'),
  enableServiceLinks: row.of((t): boolean | undefined => ({ true: true, false: false })[t.toLowerCase()], 'true, false or default')(
    'enable-service-links',
    'false',
    'true, false, or default: leave it to Kubernetes.',
  ),
};

export type DefaultsConfig = Omit<Reading<typeof defaultsRows>, 'responseStartTimeoutSeconds'> & { responseStartTimeoutSeconds: number };

/** What a name template may look at, when nothing is known: the metadata of the object containers are named for. */
const parent = { Name: '', GenerateName: '', Namespace: '', UID: '', ResourceVersion: '', Labels: {}, Annotations: {} };

/** Parses and bounds config-defaults; throws the contract's texts. */
export function parseDefaults(data: Record<string, string>): DefaultsConfig {
  const c = readRows(defaultsRows, data);
  const templates = [c.containerNameTemplate, c.initContainerNameTemplate].map((t) => compileTemplate('container-template', t));
  const responseStart = c.responseStartTimeoutSeconds ?? c.revisionTimeoutSeconds;
  if (c.revisionTimeoutSeconds > c.maxRevisionTimeoutSeconds) {
    throw new Error(
      `revision-timeout-seconds (${c.revisionTimeoutSeconds}) cannot be greater than max-revision-timeout-seconds (${c.maxRevisionTimeoutSeconds})`,
    );
  }
  if (responseStart > 0 && responseStart > c.revisionTimeoutSeconds) {
    throw new Error(
      `revision-response-start-timeout-seconds (${responseStart}) cannot be greater than revision-timeout-seconds (${c.revisionTimeoutSeconds})`,
    );
  }
  if (c.idleTimeoutSeconds > 0 && c.idleTimeoutSeconds > c.revisionTimeoutSeconds) {
    throw new Error(
      `revision-idle-timeout-seconds (${c.idleTimeoutSeconds}) cannot be greater than revision-timeout-seconds (${c.revisionTimeoutSeconds})`,
    );
  }
  if (c.containerConcurrencyMaxLimit < 1) {
    throw new Error(`expected 1 <= ${c.containerConcurrencyMaxLimit} <= 2147483647: container-concurrency-max-limit`);
  }
  if (c.containerConcurrency < 0 || c.containerConcurrency > c.containerConcurrencyMaxLimit) {
    throw new Error(`expected 0 <= ${c.containerConcurrency} <= ${c.containerConcurrencyMaxLimit}: container-concurrency`);
  }
  for (const template of templates) {
    try {
      template(parent);
    } catch (e) {
      throw new Error(`error executing template: ${(e as Error).message}`);
    }
  }
  return { ...c, responseStartTimeoutSeconds: responseStart };
}
