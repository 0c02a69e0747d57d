import { z } from 'zod';
import { millisecondsOf, momentSchema } from './altinn3-moments.ts';
import type { Party, PartyUrn } from './altinn3-parties.ts';
import { parsePartyUrn } from './altinn3-parties.ts';
import type { Problem, ValidationError } from './altinn3-problems.ts';
import { consentProblem, validationError, validationProblem } from './altinn3-problems.ts';
import type { ConsentRight } from './altinn3-state.ts';
import type { ConsentResource } from './world.ts';

/** A name that was sent as a party: someone, or a party UUID that belongs to nobody. */
export type NamedParty = Exclude<PartyUrn, { readonly refused: string } | { readonly unmapped: true }>;

/** A body that was bound: every value of the right form, nothing judged yet. */
export interface ConsentRequest {
  readonly id: string;
  readonly from: PartyUrn;
  readonly to: PartyUrn;
  readonly requiredDelegator: PartyUrn | null;
  readonly validTo: string;
  readonly consentRights: readonly ConsentRight[];
  readonly requestMessage: Readonly<Record<string, string>> | null;
  readonly redirectUrl: string;
  readonly portalViewMode: 'Hide' | 'Show';
}

/** The body's flaws by member, in sentences that hold no value of it. */
export interface Unbound {
  readonly errors: Readonly<Record<string, readonly string[]>>;
}

const partySchema = z.string().transform((text, context): PartyUrn => {
  const urn = parsePartyUrn(text);
  if (!('refused' in urn)) return urn;
  context.addIssue(urn.refused);
  return z.NEVER;
});

const rightSchema = namesInAnyCase({
  action: z.array(z.string()).nullish(),
  resource: z.array(namesInAnyCase({ type: z.string(), value: z.string() })),
  metadata: z.record(z.string(), z.string()).nullish(),
});

const bodySchema = namesInAnyCase({
  id: z.guid().toLowerCase(),
  from: partySchema,
  to: partySchema,
  requireddelegator: partySchema.nullish(),
  validto: momentSchema,
  consentrights: z.array(rightSchema),
  requestmessage: z.record(z.string(), z.string()).nullish(),
  redirecturl: z.string(),
  portalviewmode: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['hide', 'show']))
    .nullish(),
});

/**
 * Binds the body of a consent request: names of members in any case, members it does not know ignored, check digits
 * verified. What fails here the real service answers with the framework's own 400.
 */
export function bindConsentRequest(body: string): ConsentRequest | Unbound {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { errors: { $: ['The body is no JSON.'] } };
  }
  const bound = bodySchema.safeParse(json);
  if (!bound.success) {
    const errors: Record<string, string[]> = {};
    for (const { path, code, message } of bound.error.issues) {
      const member = ['$', ...path.map(String)].join('.');
      errors[member] = [...(errors[member] ?? []), code === 'custom' ? message : 'The value could not be converted.'];
    }
    return { errors };
  }
  const { data } = bound;
  return {
    id: data.id,
    from: data.from,
    to: data.to,
    requiredDelegator: data.requireddelegator ?? null,
    validTo: data.validto,
    consentRights: data.consentrights.map(({ action, resource, metadata }) => ({
      action: action ?? [],
      resource,
      metadata: metadata ?? null,
    })),
    requestMessage: data.requestmessage ?? null,
    redirectUrl: data.redirecturl,
    portalViewMode: data.portalviewmode === 'show' ? 'Show' : 'Hide',
  };
}

/**
 * The rules that are collected before any is answered: each right in its order, then the request's own in one
 * validation problem. Whoever gets more than one back answers 500.
 */
export function problemsOf(request: ConsentRequest, resources: readonly ConsentResource[], now: Date): Problem[] {
  const template = resourceOf(request.consentRights[0], resources)?.consentTemplate;
  const problems = request.consentRights.flatMap((right, index) => problemsOfRight(right, index, resources, template));

  const errors: ValidationError[] = [];
  if (millisecondsOf(request.validTo) <= now.getTime()) errors.push(validationError('AM.VLD-00022', 'ValidTo'));
  if (request.consentRights.length === 0) errors.push(validationError('AM.VLD-00023', 'Resource'));
  if (!isRedirectUrl(request.redirectUrl)) errors.push(validationError('AM.VLD-00027', 'RedirectUrl'));
  return errors.length === 0 ? problems : [...problems, validationProblem(errors)];
}

function problemsOfRight(
  right: ConsentRight,
  index: number,
  resources: readonly ConsentResource[],
  template: string | undefined,
): Problem[] {
  const problems: Problem[] = [];
  if (right.action.length === 0) {
    problems.push(validationProblem([validationError('STD.VLD-00000', `/consentRight/${index}/action`)]));
  }
  const resource = resourceOf(right, resources);
  if (resource === undefined) return [...problems, consentProblem('AM-00005')];

  const defined = resource.metadataKeys.map((key) => key.toLowerCase());
  const sent = Object.entries(right.metadata ?? {}).map(([key, value]) => ({ key: key.toLowerCase(), value }));
  for (const { key, value } of sent) {
    if (!defined.includes(key)) problems.push(consentProblem('AM-00006', { key }));
    else if (value === '') problems.push(consentProblem('AM-00007', { [`ConsentRight index: ${index}, key`]: key }));
  }
  for (const key of defined) {
    if (!sent.some((entry) => entry.key === key)) problems.push(consentProblem('AM-00008', { key }));
  }
  if (resource.consentTemplate !== template) problems.push(consentProblem('AM-00009'));
  return problems;
}

function resourceOf(right: ConsentRight | undefined, resources: readonly ConsentResource[]) {
  const [resource, ...more] = right?.resource ?? [];
  return more.length > 0 ? undefined : resources.find(({ id }) => id === resource?.value);
}

/** Any absolute URI, of http, https or an app. */
function isRedirectUrl(text: string): boolean {
  return /^[a-z][a-z0-9+\-.]*:/.test(text) && URL.canParse(text);
}

/** The first party nobody knows, as the problem that is answered at once. The member holds the URN as sent. */
export function unknownParty(party: NamedParty, isKnown: (party: Party) => boolean): Problem | null {
  if ('stranger' in party) return consentProblem('AM-00004', { fnumber: party.stranger });
  if (isKnown(party.party)) return null;
  switch (party.party.kind) {
    case 'person':
      return consentProblem('AM-00004', { fnumber: party.party.urn });
    case 'organisation':
      return consentProblem('AM-00003', { orgnr: party.party.urn });
  }
}

function namesInAnyCase<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(lowerCaseNames, z.object(shape));
}

function lowerCaseNames(value: unknown): unknown {
  const object = z.record(z.string(), z.unknown()).safeParse(value);
  if (!object.success) return value;
  return Object.fromEntries(Object.entries(object.data).map(([name, member]) => [name.toLowerCase(), member]));
}
