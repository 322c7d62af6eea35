/**
 * Every NATS event: one row says who sends it and what its data holds. Subject:
 * `ebb.events.<component>.<type>.<namespace>.<name>`, the envelope is a CloudEvent 1.0 in structured JSON.
 * `revision.wake` is request/reply and not stored.
 */
export const eventTypes = {
  'revision.wake': { from: 'activator', stored: false, doc: 'the first request is held for a revision without capacity' },
  'pod.announced': {
    from: 'activator',
    stored: false,
    doc: 'a pod that the API does not show yet said where it is, and the named activator verified it: pod, activator',
  },
  'revision.scaled': {
    from: 'autoscaler',
    stored: true,
    doc: 'a scale was applied: from, to, stable and panic averages, target, what clamped it',
  },
  'revision.decided': {
    from: 'autoscaler',
    stored: true,
    doc: 'the desired scale changed: from, desired, everything it was decided from, and why in words',
  },
  'revision.panic': { from: 'autoscaler', stored: true, doc: 'panic began or ended' },
  'revision.idle': { from: 'autoscaler', stored: true, doc: 'the stable window passed without traffic' },
  'revision.ready': { from: 'controller', stored: true, doc: 'a revision became ready' },
  'revision.failed': { from: 'controller', stored: true, doc: 'a revision failed: reason, message' },
  'rollout.step': { from: 'controller', stored: true, doc: 'traffic moved on towards a new revision: the share of each' },
  'domain.claimed': { from: 'controller', stored: true, doc: 'a DomainMapping has its domain: namespace of the claim' },
  'route.programmed': { from: 'controller', stored: true, doc: "a route's ingress serves its present traffic" },
  'coldstart.finished': {
    from: 'activator',
    stored: true,
    doc: 'one cold start as a waterfall: milliseconds since the request was held by phase, and as steps that add up',
  },
  'config.changed': { from: 'webhook', stored: true, doc: 'a config map was accepted with a change' },
  'admission.denied': { from: 'webhook', stored: true, doc: 'an object was rejected: kind, name, message' },
} as const satisfies Record<string, { from: string; stored: boolean; doc: string }>;

export type EventType = keyof typeof eventTypes;

/** What an event carries besides its type. */
export interface EbbEvent {
  type: EventType;
  namespace: string;
  name: string;
  data: Record<string, unknown>;
}

/**
 * The event bus. Events make Ebb faster and explain it, they are never needed: without NATS `publish` drops (and
 * counts) and `request` rejects at once.
 */
export interface EventBus {
  /** Never throws, never waits. */
  publish(event: EbbEvent): void;
  /** Request/reply with a time limit in milliseconds; rejects when nobody answers. */
  request(event: EbbEvent, timeoutMs: number): Promise<Record<string, unknown>>;
  /** Events of a type from any component. With `reply`, the handler's result answers `request`; undefined leaves it to others. */
  subscribe(type: EventType, handler: (event: EbbEvent) => Promise<Record<string, unknown> | undefined> | undefined): () => void;
  connected(): boolean;
  close(): Promise<void>;
}
