import type { Static } from 'typebox';
import type { KubeObject } from '../meta.ts';
import { commonStatus, int32, int64, object, required, text, whole, word } from '../schema.ts';

/** The kinds controller and autoscaler talk through: autoscaling.internal.knative.dev (contract control-plane 1.3). */

export const podAutoscalerSchemas = {
  spec: required(
    'What is scaled. How is said by its autoscaling.knative.dev annotations.',
    {
      scaleTargetRef: object(
        'The object with a scale, the Deployment of a revision.',
        { apiVersion: text('The API version.'), kind: text('The kind.'), name: text('The name.') },
        whole,
      ),
      protocolType: word<'http1' | 'h2c'>('What the containers speak: http1 or h2c.'),
    },
    {
      containerConcurrency: int64('Requests a pod works on at the same time; 0: no limit.'),
      reachability: word<'' | 'Reachable' | 'Unreachable'>(
        'Whether a route leads to the revision: Reachable, Unreachable, or empty while it is not known. Unreachable ones have no min-scale.',
      ),
    },
  ),
  status: required(
    'What is true now; written by the autoscaler.',
    {
      serviceName: text('The Kubernetes Service requests for the revision are sent to.'),
      metricsServiceName: text('The Kubernetes Service of the pods, whose numbers are read.'),
    },
    {
      ...commonStatus,
      desiredScale: int32('Pods wanted; -1 while it is not known.'),
      actualScale: int32('Pods that are ready.'),
    },
  ),
};

export const metricSchemas = {
  spec: required('Whose numbers are collected, and over which windows they are averaged.', {
    stableWindow: int64('The stable window in nanoseconds.'),
    panicWindow: int64('The panic window in nanoseconds.'),
    scrapeTarget: text('The Kubernetes Service of the pods that are asked.'),
  }),
  status: object('What is true now; written by the autoscaler.', commonStatus),
};

export type PodAutoscaler = KubeObject & {
  spec: Static<typeof podAutoscalerSchemas.spec>;
  status?: Static<typeof podAutoscalerSchemas.status>;
};
export type Metric = KubeObject & { spec: Static<typeof metricSchemas.spec>; status?: Static<typeof metricSchemas.status> };
