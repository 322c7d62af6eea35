import type { KubeObject } from '@ebb/shared/api/meta.ts';
import type { Operation } from './json-patch.ts';

/** What the API server asks (admission.k8s.io/v1 AdmissionRequest), as far as it is read here. */
export interface AdmissionRequest {
  uid: string;
  kind: { group: string; version: string; kind: string };
  subResource?: string;
  name?: string;
  namespace?: string;
  operation: string;
  userInfo?: { username?: string };
  object?: KubeObject | null;
  oldObject?: KubeObject | null;
  dryRun?: boolean;
}

/** What an admission decided: `denied` holds the sentence the user sees. */
export interface Decision {
  denied?: string;
  warnings?: readonly string[];
  patch?: readonly Operation[];
}

/** Versions of AdmissionReview that are spoken; the answer has the version of the question. */
const apiVersions = ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'];

export class MalformedReview extends Error {}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);

/** The request in a body; throws MalformedReview with a sentence that names what is wrong. */
export function readReview(body: unknown): { apiVersion: string; request: AdmissionRequest } {
  const malformed = (what: string): never => {
    throw new MalformedReview(`could not decode body: ${what}`);
  };
  if (!isObject(body)) return malformed('an AdmissionReview is a JSON object');
  if (body.kind !== 'AdmissionReview') return malformed(`kind is ${JSON.stringify(body.kind)}, want "AdmissionReview"`);
  const apiVersion = String(body.apiVersion);
  if (!apiVersions.includes(apiVersion))
    return malformed(`apiVersion is ${JSON.stringify(body.apiVersion)}, want ${apiVersions.map((v) => JSON.stringify(v)).join(' or ')}`);
  const { request } = body;
  if (!isObject(request)) return malformed('request is missing');
  if (typeof request.uid !== 'string' || request.uid === '') return malformed('request.uid is missing');
  if (!isObject(request.kind)) return malformed('request.kind is missing');
  if (typeof request.operation !== 'string') return malformed('request.operation is missing');
  for (const field of ['object', 'oldObject'] as const) {
    const value = request[field];
    if (value !== undefined && value !== null && !(isObject(value) && isObject(value.metadata)))
      return malformed(`request.${field} is no object with metadata`);
  }
  return { apiVersion, request: request as unknown as AdmissionRequest };
}

/** The AdmissionReview that answers: a denial is code 400, reason BadRequest (contract control-plane 0.5). */
export function writeReview(apiVersion: string, uid: string, { denied, warnings, patch }: Decision): Record<string, unknown> {
  return {
    apiVersion,
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: denied === undefined,
      ...(warnings?.length ? { warnings } : {}),
      ...(patch?.length && denied === undefined
        ? { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }
        : {}),
      ...(denied === undefined ? {} : { status: { code: 400, reason: 'BadRequest', message: denied, status: 'Failure' } }),
    },
  };
}
