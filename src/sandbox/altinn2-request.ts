import { z } from 'zod';
import type { SentMoment } from './altinn2-moments.ts';
import { sentMomentSchema } from './altinn2-moments.ts';
import { isRegisteredReturn } from './altinn2-return.ts';
import type { Altinn2Resource, Altinn2Service, Altinn2State } from './altinn2-state.ts';
import { judgeNumber, organisationByNumber, personByNumber } from './world.ts';

/** An error as Altinn 2 lists it, in an array. The message may hold the number and the name that were sent. */
export interface Altinn2Error {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** A party with the name that was sent for it. */
interface NamedParty {
  readonly number: string;
  readonly name: string;
}

/** A body that was bound: every value of the right form, nothing judged yet. */
export interface Altinn2Request {
  readonly coveredBy: string;
  readonly offeredBy: NamedParty;
  readonly requiredDelegator: NamedParty | null;
  readonly handledBy: string | null;
  readonly validTo: SentMoment;
  readonly redirectUrl: string;
  readonly resources: readonly Altinn2Resource[];
  readonly requestMessage: Readonly<Record<string, string>> | null;
  readonly portalViewMode: 'Show' | 'Hide';
}

/** Party unknown, or not of that name: the only code that Altinn has published. */
const NAME_MISMATCH = '40332';
/** Stands in for the codes of all other rules. */
const UNPUBLISHED = '40000';

const resourceSchema = namesInAnyCase({
  servicecode: z.string(),
  serviceeditioncode: z.int(),
  metadata: z.record(z.string(), z.string()).nullish(),
  operations: z.array(z.string()).nullish(),
});

const messageSchema = z.partialRecord(z.enum(['no-nb', 'no-nn', 'en']), z.string());

const bodySchema = namesInAnyCase({
  coveredby: z.string(),
  offeredby: z.string(),
  offeredbyname: z.string(),
  requireddelegator: z.string().nullish(),
  requireddelegatorname: z.string().nullish(),
  handledby: z.string().nullish(),
  validto: sentMomentSchema,
  redirecturl: z.string(),
  requestresources: z.array(resourceSchema).min(1),
  requestmessage: messageSchema.nullish(),
  portalviewmode: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['hide', 'show']))
    .nullish(),
});

/** Binds the body of a request: names of members in any case, members it does not know ignored. */
export function bindAltinn2Request(body: string): Altinn2Request | { readonly errors: readonly Altinn2Error[] } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { errors: [unpublished('The body is no JSON.')] };
  }
  const bound = bodySchema.safeParse(json);
  if (!bound.success) {
    return {
      errors: bound.error.issues.map(({ path }) =>
        unpublished(`${path.join('.') || 'The body'} is missing or not valid.`),
      ),
    };
  }
  const { data } = bound;
  const messages = Object.entries(data.requestmessage ?? {}).filter((entry) => entry[1] !== '');
  return {
    coveredBy: data.coveredby,
    offeredBy: { number: data.offeredby, name: data.offeredbyname },
    requiredDelegator: data.requireddelegator
      ? { number: data.requireddelegator, name: data.requireddelegatorname ?? '' }
      : null,
    handledBy: data.handledby ?? null,
    validTo: data.validto,
    redirectUrl: data.redirecturl,
    resources: data.requestresources.map(({ servicecode, serviceeditioncode, metadata, operations }) => ({
      code: servicecode,
      edition: serviceeditioncode,
      metadata: metadata ?? {},
      operations: operations ?? null,
    })),
    requestMessage: messages.length === 0 ? null : Object.fromEntries(messages),
    portalViewMode: data.portalviewmode === 'show' ? 'Show' : 'Hide',
  };
}

/** All that is wrong with a request, in the order of its members. */
export function errorsOf(request: Altinn2Request, state: Altinn2State, now: Date): Altinn2Error[] {
  const { coveredBy, offeredBy, requiredDelegator, validTo, redirectUrl } = request;
  const errors: Altinn2Error[] = [];
  const parties = [offeredBy, ...(requiredDelegator === null ? [] : [requiredDelegator])];
  for (const party of parties) {
    const flaw = flawOfParty(party);
    if (flaw !== null) errors.push(flaw);
  }
  if (coveredBy === offeredBy.number) errors.push(unpublished('CoveredBy and OfferedBy are the same.'));
  if (new Date(validTo.at) <= now) errors.push(unpublished('ValidTo has passed.'));
  const domains = state.redirectDomains[coveredBy];
  if (domains === undefined) errors.push(unpublished('CoveredBy is not registered by the owner of the service.'));
  else if (!isRegisteredReturn(redirectUrl, domains)) errors.push(unpublished('RedirectUrl is not registered.'));
  return [...errors, ...errorsOfResources(request, state.services)];
}

function errorsOfResources(
  { resources, requestMessage }: Altinn2Request,
  services: readonly Altinn2Service[],
): Altinn2Error[] {
  const asked = resources.map((resource) => ({ resource, service: serviceOf(resource, services) }));
  const errors = asked.flatMap(({ resource, service }, index) => {
    if (service === undefined) return [unpublished(`RequestResources[${index}] is no service with consent.`)];
    return service.metadataKeys
      .filter((key) => {
        const value = resource.metadata[key];
        return value === undefined || (value.trim() === '' && !service.blankKeys.includes(key));
      })
      .map((key) => unpublished(`RequestResources[${index}].Metadata lacks ${key}.`));
  });
  const known = asked.flatMap(({ service }) => service ?? []);
  if (new Set(known.map(({ template }) => template)).size > 1) {
    errors.push(unpublished('RequestResources have different consent templates.'));
  }
  if (requestMessage !== null && known.some((service) => service.requestMessage === 'forbidden')) {
    errors.push(unpublished('RequestMessage is overridden by the consent template.'));
  }
  if (requestMessage === null && known.some((service) => service.requestMessage === 'required')) {
    errors.push(unpublished('RequestMessage is required by the consent template.'));
  }
  return errors;
}

/** The service that was asked for, when there is one. */
function serviceOf(
  { code, edition }: Pick<Altinn2Resource, 'code' | 'edition'>,
  services: readonly Altinn2Service[],
): Altinn2Service | undefined {
  return services.find((service) => service.code === code && service.edition === edition);
}

/** The resource with the metadata its service knows; what else was sent is not kept. */
export function keptResource(resource: Altinn2Resource, services: readonly Altinn2Service[]): Altinn2Resource {
  const keys = serviceOf(resource, services)?.metadataKeys ?? [];
  const kept = Object.entries(resource.metadata).filter(([key]) => keys.includes(key));
  return { ...resource, metadata: Object.fromEntries(kept) };
}

function flawOfParty({ number, name }: NamedParty): Altinn2Error | null {
  const registered = registeredName(number);
  if (registered !== undefined && registered.toLowerCase() === name.trim().toLowerCase()) return null;
  const judged = /^\d{11}$/.test(number) ? judgeNumber(number) : null;
  // The sandbox's own rule: a number that may be a real person's is not even repeated.
  if (judged !== null && 'refused' in judged) return { ErrorCode: NAME_MISMATCH, ErrorMessage: judged.refused };
  return {
    ErrorCode: NAME_MISMATCH,
    ErrorMessage: `${number} is either not a valid organization number or social security number, or the provided name; ${name} does not match the person or organizations registered name.`,
  };
}

/** The name that has to be sent: of a person the surname, of which the last part counts; of an organisation all of it. */
function registeredName(number: string): string | undefined {
  return organisationByNumber(number)?.name ?? personByNumber(number)?.name.split(' ').at(-1);
}

function unpublished(ErrorMessage: string): Altinn2Error {
  return { ErrorCode: UNPUBLISHED, ErrorMessage };
}

function namesInAnyCase<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(lowerCaseNames, z.object(shape));
}

function lowerCaseNames(value: unknown): unknown {
  const object = z.record(z.string(), z.unknown()).safeParse(value);
  if (!object.success) return value;
  return Object.fromEntries(Object.entries(object.data).map(([name, member]) => [name.toLowerCase(), member]));
}
