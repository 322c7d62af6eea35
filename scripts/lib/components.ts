/** Where Ebb is installed. */
export const system = 'knative-serving';

/** What is deployed by itself: folders of deploy/, which are also names of images. */
export const components = ['nats', 'controller', 'autoscaler', 'activator', 'webhook', 'gateway'] as const;
export type Component = (typeof components)[number];
