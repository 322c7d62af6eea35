import type { Deployment, Pod } from '@ebb/shared/api/builtin.ts';
import { getCondition, type Marks } from '@ebb/shared/api/conditions.ts';
import type { PodAutoscaler, Revision } from '@ebb/shared/api/kinds.ts';

type Status = NonNullable<Revision['status']>;

/** Folds the Deployment's conditions into ResourcesAvailable (contract control-plane 7.3, "status"). */
export function followDeployment(marks: Marks, deployment: Deployment): void {
  const conditions = deployment.status?.conditions ?? [];
  const failure = conditions.find((c) => c.type === 'ReplicaFailure');
  const progressing = conditions.find((c) => c.type === 'Progressing');
  const blamed = [failure?.status === 'True' && failure, progressing?.status === 'False' && progressing].find(Boolean);
  const unsure = [failure, progressing].find((c) => c?.status === 'Unknown');
  if (blamed) marks.false('ResourcesAvailable', blamed.reason ?? '', blamed.message ?? '');
  else if (unsure) marks.unknown('ResourcesAvailable', unsure.reason, unsure.message);
  else if (progressing) marks.true('ResourcesAvailable');
  else marks.unknown('ResourcesAvailable', 'Deploying');
}

/** What a pod of a Deployment without available pods says about why. */
export function followPod(marks: Marks, deployment: Deployment, pod: Pod | undefined, alwaysSchedulable: boolean): void {
  if (!pod) return;
  const scheduled = pod.status?.conditions?.find((c) => c.type === 'PodScheduled');
  if (scheduled?.status === 'False' && !alwaysSchedulable) {
    marks.false('ResourcesAvailable', scheduled.reason ?? '', scheduled.message ?? '');
  }
  for (const status of pod.status?.containerStatuses ?? []) {
    if (status.name === 'queue-proxy') continue;
    const ended = status.lastState?.terminated;
    if (ended) {
      const message = ended.exitCode === 0 && !ended.message ? 'container exited with no error' : (ended.message ?? '');
      marks.false('ContainerHealthy', `ExitCode${ended.exitCode}`, `Container failed with: ${message}`);
      return;
    }
    const progressing = deployment.status?.conditions?.find((c) => c.type === 'Progressing');
    if (status.state?.waiting && progressing?.status === 'False' && progressing.reason === 'ProgressDeadlineExceeded') {
      marks.false('ResourcesAvailable', status.state.waiting.reason ?? '', status.state.waiting.message ?? '');
      return;
    }
  }
}

/** Copies what the PodAutoscaler says (contract 7.3, "PA status → Revision"). */
export function followAutoscaler(marks: Marks, status: Status, pa: Pick<PodAutoscaler, 'status'>): void {
  const scale = (n: number | undefined) => (n !== undefined && n >= 0 ? n : undefined);
  status.actualReplicas = scale(pa.status?.actualScale);
  status.desiredReplicas = scale(pa.status?.desiredScale);
  const failed = () => marks.is('ResourcesAvailable', 'False') || marks.is('ContainerHealthy', 'False');
  const ready = getCondition(pa.status?.conditions, 'Ready');
  if (!ready) {
    marks.unknown('Active', 'Deploying');
    if (!failed()) marks.unknown('ResourcesAvailable', 'Deploying');
    return;
  }
  const initialized = getCondition(pa.status?.conditions, 'ScaleTargetInitialized')?.status === 'True';
  const serviceName = pa.status?.serviceName ?? '';
  if (initialized && !failed()) {
    marks.true('ResourcesAvailable');
    marks.true('ContainerHealthy');
  }
  if (marks.is('ResourcesAvailable', 'True') && (serviceName === '' || !initialized)) marks.unknown('ResourcesAvailable', 'Deploying');
  if (ready.status === 'True') marks.true('Active');
  else if (ready.status === 'Unknown') marks.unknown('Active', ready.reason, ready.message);
  else {
    marks.false('Active', ready.reason ?? '', ready.message ?? '');
    if (!initialized && !failed() && serviceName !== '')
      marks.false('ResourcesAvailable', 'ProgressDeadlineExceeded', 'Initial scale was never achieved');
  }
}
