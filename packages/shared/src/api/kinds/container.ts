import { atomic, bool, int32, int64, keyed, list, object, plainText, preserved, quantities, required, text, whole } from '../schema.ts';
import { keyRef, probe } from './probe.ts';

const fieldref = 'Needs the feature flag kubernetes.podspec-fieldref.';

const env = required(
  'An environment variable.',
  { name: text('The name. PORT, K_SERVICE, K_CONFIGURATION and K_REVISION are taken.') },
  {
    value: text('The value; $(NAME) stands for variables set before it.'),
    valueFrom: object('Where the value is taken from, instead of value.', {
      configMapKeyRef: keyRef('A key of a config map.', 'config map', whole),
      secretKeyRef: keyRef('A key of a secret.', 'secret', whole),
      fieldRef: preserved(`A field of the pod. ${fieldref}`, whole),
      resourceFieldRef: preserved(`A resource request or limit of a container. ${fieldref}`, whole),
    }),
  },
);

const source = (what: string) =>
  object(
    `The ${what} whose keys become variables.`,
    { name: text(`The name of the ${what}.`, { default: '' }), optional: bool(`Whether the ${what} may be missing.`) },
    whole,
  );

const port = object('The port the container listens on.', {
  containerPort: int32('The number; the container is told it as PORT. Default 8080; 8008, 8012, 8013, 8022, 9090 and 9091 are taken.'),
  name: text('http1 (default), or h2c: the container speaks HTTP/2 without TLS.'),
  protocol: text('TCP.', { default: 'TCP' }),
});

const securityContext = object('What the processes of the container may do.', {
  allowPrivilegeEscalation: bool('Whether a process may gain more rights than its parent has.'),
  capabilities: object('Linux capabilities, beside those the container runtime gives.', {
    add: atomic('Capabilities given. Needs the feature flag kubernetes.containerspec-addcapabilities.', plainText),
    drop: atomic('Capabilities taken away; ALL for all.', plainText),
  }),
  privileged: bool('May only be set to false.'),
  readOnlyRootFilesystem: bool('Whether the root file system is mounted read-only.'),
  runAsGroup: int64('The group id of the processes.'),
  runAsNonRoot: bool('Refuse to start the container as user 0.'),
  runAsUser: int64("The user id of the processes; the image's user when not set."),
  seccompProfile: required(
    'Which system calls are allowed.',
    { type: text('RuntimeDefault, Localhost or Unconfined.') },
    { localhostProfile: text("For Localhost: the profile's file on the node, under kubelet's seccomp folder.") },
  ),
});

const volumeMount = required(
  'A volume of spec.volumes at a path.',
  {
    mountPath: text('The path in the container; not /, /dev or /dev/log.'),
    name: text('The name of the volume.'),
  },
  {
    mountPropagation: text('None or HostToContainer. Needs the feature flag kubernetes.podspec-volumes-mount-propagation.'),
    readOnly: bool('Set to true by default, except for volumes that can be written: emptyDir, persistentVolumeClaim, ephemeral.'),
    subPath: text("A path inside the volume to mount instead of the volume's root."),
  },
);

/** The keys of a container that are accepted (contract control-plane 1.2). */
export const container = object('A container of the pod.', {
  args: atomic("Arguments of the command, instead of the image's; $(NAME) stands for environment variables.", plainText),
  command: atomic("The command, instead of the image's; no shell runs it.", plainText),
  env: keyed('Environment variables.', env, 'name'),
  envFrom: atomic(
    'Config maps and secrets all of whose keys become environment variables; the later wins, env wins over all.',
    object('One config map or one secret.', {
      configMapRef: source('config map'),
      prefix: text("Put before each variable's name."),
      secretRef: source('secret'),
    }),
  ),
  image: text('The image. A tag is resolved to a digest when the revision is made, so a revision always runs the same image.'),
  imagePullPolicy: text('Always, Never or IfNotPresent; Kubernetes chooses when not set.'),
  livenessProbe: probe('When it fails the container is restarted.'),
  name: text('The name; by config-defaults user-container when not set.'),
  ports: list('The one port requests are sent to; of several containers only one has it.', port),
  readinessProbe: probe(
    'When it fails no requests are sent to the pod. The serving container always has one: a TCP connection when nothing is set.',
  ),
  resources: object('How much cpu, memory and ephemeral-storage the container needs and may use; config-defaults has defaults.', {
    limits: quantities('At most.'),
    requests: quantities('At least; what the scheduler reserves.'),
  }),
  securityContext,
  startupProbe: probe('The other probes wait until it succeeded; when it fails the container is restarted.'),
  terminationMessagePath: text('The file in which the container leaves its last words. Default /dev/termination-log.'),
  terminationMessagePolicy: text(
    'File (default), or FallbackToLogsOnError: the end of the log when that file is empty and the container failed.',
  ),
  volumeMounts: keyed('Volumes and where the container sees them.', volumeMount, 'mountPath'),
  workingDir: text("The working directory; the image's when not set."),
});
