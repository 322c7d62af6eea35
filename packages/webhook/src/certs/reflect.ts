/**
 * The three functions of the Reflect metadata proposal that @peculiar/x509 looks for when it is loaded: it wires its
 * own parts together with them. Import this before it.
 */
type Key = string | symbol | undefined;
const kept = new WeakMap<object, Map<Key, Map<unknown, unknown>>>();

function own(name: unknown, target: object, property?: Key): unknown {
  return kept.get(target)?.get(property)?.get(name);
}

function define(name: unknown, value: unknown, target: object, property?: Key): void {
  const ofTarget = kept.get(target) ?? new Map<Key, Map<unknown, unknown>>();
  const ofProperty = ofTarget.get(property) ?? new Map<unknown, unknown>();
  kept.set(target, ofTarget.set(property, ofProperty.set(name, value)));
}

function inherited(name: unknown, target: object, property?: Key): unknown {
  for (let at: object | null = target; at; at = Object.getPrototypeOf(at)) {
    const value = own(name, at, property);
    if (value !== undefined) return value;
  }
  return undefined;
}

const reflect = Reflect as unknown as Record<string, unknown>;
reflect.getOwnMetadata ??= own;
reflect.defineMetadata ??= define;
reflect.getMetadata ??= inherited;
