import { podNames, podShapes } from './pod.ts';

/** What a value is: a scalar, an object of a named shape, or a list or map of such. */
export type Type =
  | { is: 'string' | 'bool' | 'int32' | 'int64' | 'IntOrString' | 'Quantity' | 'Time' | 'any' }
  | { is: 'shape'; shape: Shape }
  | { is: 'list' | 'map'; of: Type };

/** How the peer's errors call a type, where that is not its kind. */
const goNames = new WeakMap<Type, string>();
export const goName = (type: Type): string | undefined => goNames.get(type);

export interface Field {
  name: string;
  type: Type;
  /** Types that the peer embeds on the way to this field: they stand in its errors and not in JSON. */
  via: readonly string[];
  /** Unset is told apart from zero and empty, and those are kept. */
  pointer: boolean;
  /** Written also when it is zero: the peer's field has no `omitempty`, or is an object by value. */
  always: boolean;
}

/** An object with known fields. Others are not kept. */
export interface Shape {
  name: string;
  fields: ReadonlyMap<string, Field>;
  /** Those that are always written. */
  written: readonly Field[];
}

/**
 * The objects that pass the webhook as the peer's types have them: one line per type, `field:type`. No type: string;
 * `!`: written also when empty; `?`: an object that is left out when empty; `*`: unset is a value of its own; `[]` and
 * `{}`: list and map of;  `...Name`: the fields of another, which the peer embeds. The round trip through these is the first half of
 * the defaulting patch (contract control-plane part 3).
 */
const ourShapes = `
Service: metadata?:ObjectMeta spec:ServiceSpec status:*any
ServiceSpec: ...ConfigurationSpec ...RouteSpec
Configuration: metadata?:ObjectMeta spec:ConfigurationSpec status:*any
ConfigurationSpec: template!:RevisionTemplateSpec
RevisionTemplateSpec: metadata:ObjectMeta spec:RevisionSpec
Revision: metadata?:ObjectMeta spec:RevisionSpec status:*any
RevisionSpec: ...PodSpec containerConcurrency:*int64 timeoutSeconds:*int64 responseStartTimeoutSeconds:*int64
  idleTimeoutSeconds:*int64
Route: metadata?:ObjectMeta spec:RouteSpec status:*any
RouteSpec: traffic:[]TrafficTarget
TrafficTarget: tag revisionName configurationName latestRevision:*bool percent:*int64 url:*string
DomainMapping: metadata?:ObjectMeta spec:DomainMappingSpec status:*any
DomainMappingSpec: ref!:KReference tls:*SecretTLS
KReference: kind! namespace name! apiVersion group address:*string
SecretTLS: secretName!
PodAutoscaler: metadata?:ObjectMeta spec:PodAutoscalerSpec status:*any
PodAutoscalerSpec: containerConcurrency:int64 scaleTargetRef!:ObjectReference reachability:ReachabilityType protocolType!:ProtocolType
Metric: metadata?:ObjectMeta spec:MetricSpec status:*any
MetricSpec: stableWindow!:Duration panicWindow!:Duration scrapeTarget!
ServerlessService: metadata?:ObjectMeta spec:ServerlessServiceSpec status:*any
ServerlessServiceSpec: mode:ServerlessServiceOperationMode objectRef!:ObjectReference protocolType!:ProtocolType numActivators:int32
Ingress: metadata?:ObjectMeta spec:IngressSpec status:*any
IngressSpec: tls:[]IngressTLS rules:[]IngressRule httpOption:HTTPOption
IngressTLS: hosts:[]string secretName secretNamespace
IngressRule: hosts:[]string visibility:IngressVisibility http:*HTTPIngressRuleValue
HTTPIngressRuleValue: paths!:[]HTTPIngressPath
HTTPIngressPath: path rewriteHost headers:{}HeaderMatch splits!:[]IngressBackendSplit appendHeaders:{}string
HeaderMatch: exact!
IngressBackendSplit: ...IngressBackend percent:int appendHeaders:{}string
IngressBackend: serviceNamespace! serviceName! servicePort!:IntOrString
Certificate: metadata?:ObjectMeta spec:CertificateSpec status:*any
CertificateSpec: dnsNames!:[]string domain secretName!
`;

const ourNames =
  'ReachabilityType=string ProtocolType=string ServerlessServiceOperationMode=string HTTPOption=string IngressVisibility=string int=int64 Duration=int64';
const packages: Record<string, string> = { ProtocolType: 'networking.', int: '', Duration: 'time.', UID: 'types.' };

/** Plain types by the peer's names for them: what they are, and the name in full. */
const named = new Map(
  [
    ...podNames
      .trim()
      .split(/\s+/)
      .map((n) => [n, 'v1.'] as const),
    ...ourNames.split(' ').map((n) => [n, 'v1alpha1.'] as const),
  ].map(([line, own]) => {
    const [name = '', base = ''] = line.split('=');
    return [name, { base, full: `${packages[name] ?? own}${name}` }] as const;
  }),
);

const scalars = ['string', 'bool', 'int32', 'int64', 'IntOrString', 'Quantity', 'Time', 'any'] as const;

/** The lines of the notation, by name; a line that is indented goes on with the one before. */
const lines = new Map(
  (ourShapes + podShapes)
    .replace(/\n +/g, ' ')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const colon = line.indexOf(':');
      return [
        line.slice(0, colon),
        line
          .slice(colon + 1)
          .trim()
          .split(' '),
      ] as const;
    }),
);

const known = new Map<string, Shape>();

function typeOf(text: string): Type {
  if (text.startsWith('[]')) return { is: 'list', of: typeOf(text.slice(2)) };
  if (text.startsWith('{}')) return { is: 'map', of: typeOf(text.slice(2)) };
  const name = named.get(text);
  if (name) {
    const type = typeOf(name.base);
    goNames.set(type, name.full);
    return type;
  }
  const scalar = scalars.find((s) => s === text);
  return scalar ? { is: scalar } : { is: 'shape', shape: shapeOf(text) };
}

function fieldOf(text: string): Field {
  const [, name = '', flag, pointer, type = 'string'] = /^(\w+)([!?]?)(?::(\*?)(.+))?$/.exec(text) ?? [];
  const t = typeOf(type);
  // The peer cannot leave out an object or a quantity that it holds by value.
  const byValue = !pointer && (t.is === 'shape' || t.is === 'Quantity');
  return { name, type: t, via: [], pointer: pointer === '*', always: flag === '!' || (byValue && flag !== '?') };
}

const fieldsOf = (name: string): Field[] =>
  (lines.get(name) ?? []).flatMap((text) => {
    if (!text.startsWith('...')) return [fieldOf(text)];
    const embedded = text.slice(3);
    return fieldsOf(embedded).map((f) => ({ ...f, via: [embedded, ...f.via] }));
  });

/** The shape of a name in the tables; throws when there is none. */
export function shapeOf(name: string): Shape {
  const there = known.get(name);
  if (there) return there;
  if (!lines.has(name)) throw new Error(`no shape is called ${name}`);
  const fields = new Map(fieldsOf(name).map((f) => [f.name, f]));
  const shape = { name, fields, written: [...fields.values()].filter((f) => f.always) };
  known.set(name, shape);
  return shape;
}
