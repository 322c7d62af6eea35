import { annotations, findAnnotation } from '../annotations.ts';
import type { Ingress, IngressRule, PodAutoscaler } from '../kinds.ts';
import { hpaClass, kpaClass } from '../system.ts';
import { type ApiContext, asList } from './context.ts';

const metricOf: Record<string, string> = { [kpaClass]: 'concurrency', [hpaClass]: 'cpu' };

/** Class and metric of a PodAutoscaler (contract control-plane 3 rule 20). */
export function defaultPodAutoscaler(pa: PodAutoscaler, ctx: ApiContext): PodAutoscaler {
  const own = pa.metadata.annotations;
  const autoscalerClass = findAnnotation(own, 'class')?.value ?? ctx.config['config-autoscaler'].podAutoscalerClass;
  const metric = findAnnotation(own, 'metric')?.value ?? metricOf[autoscalerClass] ?? '';
  const added = { [annotations.class[0]]: autoscalerClass, [annotations.metric[0]]: metric };
  return { ...pa, metadata: { ...pa.metadata, annotations: { ...own, ...added } } };
}

function defaultRule(rule: IngressRule): IngressRule {
  const paths = asList(rule?.http?.paths).map((path) => {
    const splits = asList(path?.splits);
    return splits.length === 1 ? { ...path, splits: splits.map((s) => ({ ...s, percent: s.percent || 100 })) } : path;
  });
  return { ...rule, visibility: rule?.visibility || 'ExternalIP', ...(rule?.http?.paths ? { http: { ...rule.http, paths } } : {}) };
}

/** Visibility of rules and the share of a lonely split (rule 21). */
export const defaultIngress = (ingress: Ingress): Ingress =>
  ingress.spec?.rules ? { ...ingress, spec: { ...ingress.spec, rules: asList(ingress.spec.rules).map(defaultRule) } } : ingress;
