/** A destination and what this activator has under way there. */
export interface Tracker {
  /** `ip:port`. */
  readonly dest: string;
  limit: number;
  inFlight: number;
}

/** Picks a tracker with room, or none. */
export type Policy = (trackers: readonly Tracker[]) => Tracker | undefined;

const hasRoom = (t: Tracker): boolean => t.inFlight < t.limit;

/** The first that has room: fills one pod before the next. */
const firstAvailable: Policy = (trackers) => trackers.find(hasRoom);

/** Round robin from where the last pick ended. */
function roundRobin(): Policy {
  let next = 0;
  return (trackers) => {
    for (let i = 0; i < trackers.length; i++) {
      const at = (next + i) % trackers.length;
      const tracker = trackers[at] as Tracker;
      if (!hasRoom(tracker)) continue;
      next = at + 1;
      return tracker;
    }
    return undefined;
  };
}

/** The less busy of two taken at random; a coin decides a tie. */
function randomOfTwo(random: () => number): Policy {
  return (trackers) => {
    if (trackers.length <= 1) return trackers[0];
    const a = Math.floor(random() * trackers.length);
    const b = (a + 1 + Math.floor(random() * (trackers.length - 1))) % trackers.length;
    const [one, other] = [trackers[a] as Tracker, trackers[b] as Tracker];
    if (one.inFlight === other.inFlight) return random() < 0.5 ? one : other;
    return one.inFlight < other.inFlight ? one : other;
  };
}

/** The policy of a containerConcurrency (contract data-plane 2.4, "LB policy"). `random` gives [0, 1). */
export function policyFor(containerConcurrency: number, random: () => number): Policy {
  if (containerConcurrency === 0) return randomOfTwo(random);
  return containerConcurrency <= 3 ? firstAvailable : roundRobin();
}
