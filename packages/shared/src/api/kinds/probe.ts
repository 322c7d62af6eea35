import { Type } from 'typebox';
import { atomic, int32, intOrString, object, plainText, required, text } from '../schema.ts';

const httpGet = object('Succeeds when a GET is answered with 200 to 399.', {
  host: text('Host to connect to; the pod itself when empty. For another Host header use httpHeaders.'),
  httpHeaders: atomic(
    'Headers of the request; a name may come more than once.',
    Type.Object({ name: text("The header's name."), value: text("The header's value.") }),
  ),
  path: text('Path, and query if there is one.'),
  port: intOrString("Port number, or the name of the container's port; the container's port when not set."),
  scheme: text('HTTP (default) or HTTPS.'),
});

/** A probe of a container; what may be set on which container, the webhook checks (contract control-plane 4.5). */
export const probe = (description: string) =>
  object(description, {
    exec: object('Succeeds when a command in the container ends with 0.', {
      command: atomic('The command and its arguments; no shell runs it.', plainText),
    }),
    failureThreshold: int32('Failures in a row until it counts as failed. Default 3.'),
    grpc: object('Succeeds when the standard gRPC health service answers SERVING.', {
      port: int32("Port number; the container's port when not set."),
      service: text('The service name to ask for; empty: the server as a whole.', { default: '' }),
    }),
    httpGet,
    initialDelaySeconds: int32('Seconds after the start of the container before the first attempt.'),
    periodSeconds: int32('Seconds between attempts. 0 (readiness only): many times a second until it first succeeds.'),
    successThreshold: int32('Successes in a row, after a failure, until it counts as succeeded. Default 1.'),
    tcpSocket: object('Succeeds when a TCP connection opens.', {
      host: text('Host to connect to; the pod itself when empty.'),
      port: intOrString("Port number, or the name of the container's port; the container's port when not set."),
    }),
    timeoutSeconds: int32('Seconds until an attempt counts as failed. Default 1.'),
  });

/** A reference to one key of a config map or secret in the same namespace. */
export const keyRef = (description: string, what: string, options = {}) =>
  required(
    description,
    { key: text(`The key in the ${what}.`) },
    {
      name: text(`The name of the ${what}.`, { default: '' }),
      optional: Type.Boolean({ description: `Whether it may be missing: the ${what} or the key.` }),
    },
    options,
  );
