import type { CivilDate } from '../periode.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ApplicantParent, AapVedtakslisteAnswer, AapMeldekortlisteAnswer, UforeopplysningerAnswer, ConsentRequiredAnswer } from './answers.ts';
import type { Consent as ConsentParent, Disclosure as DisclosureParent, DataConsumer as DataConsumerParent, Caller as CallerParent } from '../access/ports.ts';
import type { AapVedtak as AapVedtakParent, AapPeriode as AapPeriodeParent, Meldekort as MeldekortParent, Beregningsperiode as BeregningsperiodeParent } from '../benefits/index.ts';
import type { RequestContext } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A civil date, `yyyy-MM-dd`, as in the Norwegian calendar. Impossible dates such as `2026-02-30` are refused. */
  Date: { input: CivilDate; output: CivilDate; }
  /** A moment, RFC 3339, always in UTC: `2026-11-16T08:15:00.000Z`. */
  DateTime: { input: Date; output: Date; }
  /**
   * A Norwegian national id, eleven digits without a space: fødselsnummer or D-number. Pass it as a variable: one that is
   * written into the query document is refused, because documents are logged and shared. A number that cannot be right fails
   * alone, at the field it was given to.
   */
  NationalId: { input: string; output: string; }
  /** A Norwegian organisation number (organisasjonsnummer): nine digits, of which the last is a check digit. */
  OrganisationNumber: { input: string; output: string; }
  /** An absolute address. Outside the sandbox always `https`. */
  URL: { input: string; output: string; }
};

/** What the codes of a decision say together. */
export type AapBetydning =
  /** The ability to work is not found reduced by half (§ 11-5). No other refusal will follow. */
  | 'ARBEIDSEVNE_IKKE_NEDSATT'
  /** The ability to work is found reduced by at least half (§ 11-5). Gives no money; alone it often means that the case is under treatment. */
  | 'ARBEIDSEVNE_NEDSATT'
  /** AAP, or its resumption or change, is refused. */
  | 'AVSLATT'
  /** AAP is granted for the dates. */
  | 'INNVILGET'
  /** AAP is stopped from the first date on, until a later decision grants it again. */
  | 'STANSET'
  /** The codes are not known to this gateway, or not in this combination. Read the codes themselves. */
  | 'UKJENT';

/** Report cards, or why NAV was not asked. */
export type AapMeldekortResult = AapMeldekortliste | ConsentRequired;

/** The report cards (meldekort) sent in by a person on AAP that touch the dates asked about. */
export type AapMeldekortliste = Delivered & {
  readonly __typename?: 'AapMeldekortliste';
  /** The consent under which NAV was asked. */
  readonly consent: Consent;
  /** The record of this read, `Disclosure.id`. */
  readonly disclosureId: Scalars['ID']['output'];
  /**
   * The cards, oldest `fom` first, then by id. Cards can overlap where the person's fortnight was moved: count a day once.
   * Empty: no card was sent in, which does not end a right to AAP.
   */
  readonly meldekortliste: ReadonlyArray<Meldekort>;
  /** When NAV answered. The answer tells what was known then. */
  readonly retrievedAt: Scalars['DateTime']['output'];
  /** Always `AAP_MELDEKORT`. */
  readonly source: Source;
  /** The dates NAV was asked about: those given, and the consent's own where one was left out. About other dates nothing is known. */
  readonly uttrekksperiode: Periode;
};

/** A span with an unbroken right to AAP, within the dates asked about. */
export type AapPeriode = {
  readonly __typename?: 'AapPeriode';
  /** Whether the right is known to begin on `fom`. False: it may have begun earlier, on days not asked about or that cannot be told. */
  readonly fomErKjent: Scalars['Boolean']['output'];
  /** The days of the span. */
  readonly periode: Periode;
  /** The stop that takes effect on the day after `tom`. Null: none does; the grant ran out, or the end is not known. */
  readonly stansetAv?: Maybe<AapVedtak>;
  /** Whether the right, as known at `retrievedAt`, ends on `tom`. False: it may go on, on days not asked about or that cannot be told. */
  readonly tomErKjent: Scalars['Boolean']['output'];
  /** The decisions that give the right on at least one day of the span, in the order of `vedtaksliste`. */
  readonly vedtak: ReadonlyArray<AapVedtak>;
};

/** One decision (vedtak) as NAV shows it, its dates limited to what the consent allows. */
export type AapVedtak = {
  readonly __typename?: 'AapVedtak';
  /** Where in the course towards work the person was, such as `UA` under arbeidsavklaring. Null: NAV gave none. */
  readonly aktivitetsfase?: Maybe<Kodeverdi>;
  /** What the codes say together. */
  readonly betydning: AapBetydning;
  /** Whether `fom` meets the consent's first day, so that the decision's own first day may lie before it. */
  readonly fomKanVaereKuttet: Scalars['Boolean']['output'];
  /** What it is about: `AAP` the money, `AA115` whether the ability to work is reduced (folketrygdloven § 11-5), which gives no money. */
  readonly rettighetstype: Kodeverdi;
  /** Whether `tom` meets the consent's last day, so that the decision may go on after it or have no end. Never read it as a stop. */
  readonly tomKanVaereKuttet: Scalars['Boolean']['output'];
  /** `JA` or `NEI`. On a stop, `JA` means: yes, stopped. See `betydning`. Null: NAV gave none. */
  readonly utfall?: Maybe<Kodeverdi>;
  /** NAV's id of the decision. Set when the decision was created; says nothing about order in time. */
  readonly vedtakId: Scalars['ID']['output'];
  /** `IVERK` in force, `AVSLU` closed: its time is over, or a later decision took its place. */
  readonly vedtaksstatus: Kodeverdi;
  /** The kind of decision: `O` new right, `E` change, `G` resumption (gjenopptak), `S` stop (stans). */
  readonly vedtakstype: Kodeverdi;
  /** The kind in more detail, such as `O_INNV_SOKNAD` or `S_DOD`. Null: NAV gave none, as for some newer cases. */
  readonly vedtaksvariant?: Maybe<Kodeverdi>;
  /** The dates the decision is about, limited to the consent's period. It may start before and end after the dates asked about. */
  readonly virkningsperiode: Periode;
};

/** Decisions on AAP, or why NAV was not asked. */
export type AapVedtakResult = AapVedtaksliste | ConsentRequired;

/** Decisions on AAP (arbeidsavklaringspenger, work assessment allowance) that touch the dates asked about. */
export type AapVedtaksliste = Delivered & {
  readonly __typename?: 'AapVedtaksliste';
  /** The consent under which NAV was asked. */
  readonly consent: Consent;
  /** The record of this read, `Disclosure.id`. */
  readonly disclosureId: Scalars['ID']['output'];
  /** The span of `perioder` that covers today (Norwegian date). Null: none does, or it cannot be told: `harAapPaa` tells which. */
  readonly gjeldende?: Maybe<AapPeriode>;
  /**
   * Whether the person had a right to AAP on a date. `UKJENT`: the date was not asked about, or the consent's first day hides
   * whether a stop in force or a grant came last, or a decision has codes this gateway does not know.
   */
  readonly harAapPaa: JaNeiUkjent;
  /**
   * The spans with a right to AAP among the dates asked about, oldest first, never overlapping: decisions that grant, joined
   * where they meet, with stops (stans) and gaps taken out. Days for which `harAapPaa` is `UKJENT` are left out too, so a day
   * in no span is not always a no. A right does not mean that money was paid.
   */
  readonly perioder: ReadonlyArray<AapPeriode>;
  /** When NAV answered. The answer tells what was known then. */
  readonly retrievedAt: Scalars['DateTime']['output'];
  /** Always `AAP_VEDTAK`. */
  readonly source: Source;
  /** The dates NAV was asked about: those given, and the consent's own where one was left out. About other dates nothing is known. */
  readonly uttrekksperiode: Periode;
  /**
   * The decisions, oldest `fom` first, then by id. Ids tell nothing about time. Empty: NAV shows no decision in the period,
   * which is not a refusal of AAP: the person may be unknown, or an application under treatment.
   */
  readonly vedtaksliste: ReadonlyArray<AapVedtak>;
};


/** Decisions on AAP (arbeidsavklaringspenger, work assessment allowance) that touch the dates asked about. */
export type AapVedtakslisteHarAapPaaArgs = {
  dato: Scalars['Date']['input'];
};

/** A person at your data consumer, whether or not anything is known about them. */
export type Applicant = {
  readonly __typename?: 'Applicant';
  /** Report cards with hours worked while on AAP, or why NAV was not asked. Null only beside an error. */
  readonly aapMeldekort?: Maybe<AapMeldekortResult>;
  /** Decisions on AAP, or why NAV was not asked. Null only beside an error. */
  readonly aapVedtak?: Maybe<AapVedtakResult>;
  /**
   * The consent that a read without `periode` would use now; when none can be used, the one that decides why not. Altinn is
   * asked about requests that wait for an answer. Null: this person was never asked for this purpose, or beside an error.
   */
  readonly consent?: Maybe<Consent>;
  /** All consents asked of this person by your data consumer, newest request first. Null only beside an error. */
  readonly consents?: Maybe<ConsentConnection>;
  /** The reads attempted about this person by your data consumer, newest first. For auditors. Null only beside an error. */
  readonly disclosures?: Maybe<DisclosureConnection>;
  /**
   * Opaque, and the same each time for one person and one data consumer. It can be used as a key once a consent was asked
   * for or a read was decided. It tells nothing about the person and cannot be compared between data consumers.
   */
  readonly id: Scalars['ID']['output'];
  /** The first six digits of the national id and five stars: `148388*****`. */
  readonly maskedNationalId: Scalars['String']['output'];
  /** The national id in clear, for roles that may see it. Null only beside the error `FORBIDDEN`. */
  readonly nationalId?: Maybe<Scalars['NationalId']['output']>;
  /** Uføretrygd: status now and calculation periods, or why NAV was not asked. Null only beside an error. */
  readonly uforeopplysninger?: Maybe<UforeopplysningerResult>;
};


/** A person at your data consumer, whether or not anything is known about them. */
export type ApplicantAapMeldekortArgs = {
  periode?: InputMaybe<PeriodeInput>;
};


/** A person at your data consumer, whether or not anything is known about them. */
export type ApplicantAapVedtakArgs = {
  periode?: InputMaybe<PeriodeInput>;
};


/** A person at your data consumer, whether or not anything is known about them. */
export type ApplicantConsentArgs = {
  source?: InputMaybe<Source>;
};


/** A person at your data consumer, whether or not anything is known about them. */
export type ApplicantConsentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ConsentFilter>;
  first?: Scalars['Int']['input'];
};


/** A person at your data consumer, whether or not anything is known about them. */
export type ApplicantDisclosuresArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DisclosureFilter>;
  first?: Scalars['Int']['input'];
};


/** A person at your data consumer, whether or not anything is known about them. */
export type ApplicantUforeopplysningerArgs = {
  periode?: InputMaybe<PeriodeInput>;
};

/** Which person: exactly one of the two. */
export type ApplicantKey =
  /** `Applicant.id`, as this gateway gave it to the same data consumer. */
  { readonly id: Scalars['ID']['input']; readonly nationalId?: never; }
  |  /** The person's fødselsnummer or D-number. As a variable only. */
  { readonly id?: never; readonly nationalId: Scalars['NationalId']['input']; };

/**
 * A calculation period (beregningsperiode) with NAV's own dates: unlike AAP's decisions, it is not cut to the consent's
 * period, so it may start before and end after it.
 */
export type Beregningsperiode = {
  readonly __typename?: 'Beregningsperiode';
  /** Whether that income is the one assessed for tax (ferdiglignet) for the whole year. Null: NAV did not say. */
  readonly ferdiglignetInntekt?: Maybe<Scalars['Boolean']['output']>;
  /** First day: the start of the benefit or of a change in it, always the 1st of a month. */
  readonly fom: Scalars['Date']['output'];
  /** Income before disability (inntekt før uførhet), kroner a year, not adjusted to today's level. Null: NAV gave none. */
  readonly ifu?: Maybe<Scalars['Int']['output']>;
  /** Total income used to reduce the payment, kroner a year. Null: NAV gave none, as on periods that no income revision made. */
  readonly inntektBruktIAvkortingen?: Maybe<Scalars['Int']['output']>;
  /** Whether an appeal is under treatment. Null: NAV did not say. */
  readonly klagebehandles?: Maybe<Scalars['Boolean']['output']>;
  /** Last day. Null: still running. Set on the last period: the benefit has ended, unless the status is `REKONSTRUKSJON`. */
  readonly tom?: Maybe<Scalars['Date']['output']>;
  /** Grade in percent, 0 to 100: ability to earn before and after, folketrygdloven § 12-7. Null: NAV gave none. */
  readonly uforegrad?: Maybe<Scalars['Int']['output']>;
  /** When the ability to earn was found reduced. Null: NAV gave none. */
  readonly uforetidspunkt?: Maybe<Scalars['Date']['output']>;
};

/** A person's permission for one data consumer to read from NAV, from the request on. */
export type Consent = {
  readonly __typename?: 'Consent';
  /** When the person answered. Null: not answered, as far as is known. */
  readonly answeredAt?: Maybe<Scalars['DateTime']['output']>;
  /** The person who was asked. */
  readonly applicant: Applicant;
  /**
   * When `status` last changed here, the request itself included. That `validTo` has passed is written down later or never, so
   * `status` may be `EXPIRED` while this is older.
   */
  readonly changedAt: Scalars['DateTime']['output'];
  /** When Altinn last confirmed the status. Null: it has not answered about this consent yet. */
  readonly confirmedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The sets of data it opens. On Altinn 3 one consent covers all of them. */
  readonly covers: ReadonlyArray<Source>;
  /** When it ended: declined, withdrawn, relinquished or expired. Null: it has not ended; one that is `UNUSABLE` has not. */
  readonly endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The gateway's own id, never Altinn's. */
  readonly id: Scalars['ID']['output'];
  /** When NAV last delivered data under it. Null: never. */
  readonly lastReadAt?: Maybe<Scalars['DateTime']['output']>;
  /**
   * The page where the person answers. Null unless `status` is `PENDING` and Altinn has the request. Whoever holds the address
   * can open the request: show it to the person, keep it out of logs. Null too for roles that may not ask for consent.
   */
  readonly pageUrl?: Maybe<Scalars['URL']['output']>;
  /** Which dates may be seen. Not the same as `validTo`. */
  readonly periode: Periode;
  /** What the data may be used for. */
  readonly purpose: Purpose;
  /** Which of Altinn's solutions it belongs to. */
  readonly rail: Rail;
  /** The insurer's own case reference, as given in the request. Null: none was given. */
  readonly reference?: Maybe<Scalars['String']['output']>;
  /** When it was asked for. */
  readonly requestedAt: Scalars['DateTime']['output'];
  /** What has become of it, as last known. */
  readonly status: ConsentStatus;
  /** Until when NAV may be asked. At most three years after the request. */
  readonly validTo: Scalars['DateTime']['output'];
};

/** A page of consents. */
export type ConsentConnection = {
  readonly __typename?: 'ConsentConnection';
  /** The consents of the page, each with its cursor. */
  readonly edges: ReadonlyArray<ConsentEdge>;
  /** The consents of the page. */
  readonly nodes: ReadonlyArray<Consent>;
  /** Whether and where it goes on. */
  readonly pageInfo: PageInfo;
};

/** A consent at its place in the list. */
export type ConsentEdge = {
  readonly __typename?: 'ConsentEdge';
  /** Its place, for `after`. Valid for the same data consumer, filter and order. */
  readonly cursor: Scalars['String']['output'];
  /** The consent. */
  readonly node: Consent;
};

/** Which consents to list. Every condition given must hold. */
export type ConsentFilter = {
  /** Whose status changed after this moment, see `Consent.changedAt`. For those that time has ended, ask for `EXPIRED`. */
  readonly changedAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** `validTo` before this moment. */
  readonly expiresBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last read before this moment, or never read. */
  readonly lastReadBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Has exactly this case reference. */
  readonly reference?: InputMaybe<Scalars['String']['input']>;
  /** Covers this set of data. */
  readonly source?: InputMaybe<Source>;
  /** Any of these statuses. Left out: any status. An empty list: none. */
  readonly status?: InputMaybe<ReadonlyArray<ConsentStatus>>;
};

/** The same message in the languages of Altinn. The person sees the one that Altinn is set to. */
export type ConsentMessageInput = {
  /** In English. Left out: the Bokmål text. */
  readonly en?: InputMaybe<Scalars['String']['input']>;
  /** In Norwegian Bokmål. */
  readonly nb: Scalars['String']['input'];
  /** In Norwegian Nynorsk. Left out: the Bokmål text. */
  readonly nn?: InputMaybe<Scalars['String']['input']>;
};

/** In which order consents are listed. Ties are settled by id. */
export type ConsentOrder =
  /** Oldest change first: for following what has happened since the last look. */
  | 'CHANGED_AT_ASC'
  /** Newest request first. */
  | 'REQUESTED_AT_DESC'
  /** The one that ends first comes first. */
  | 'VALID_TO_ASC';

/** The outcome of changing or refreshing a consent. */
export type ConsentPayload = {
  readonly __typename?: 'ConsentPayload';
  /** The consent as it now stands. */
  readonly consent: Consent;
};

/** The dates a consent is to open, both ends included. */
export type ConsentPeriodeInput = {
  /** First day that may be seen. */
  readonly fom: Scalars['Date']['input'];
  /** Last day that may be seen; not before `fom`. May lie ahead. */
  readonly tom: Scalars['Date']['input'];
};

/**
 * No consent allows it. An answer, not an error: it says what is missing. NAV was not asked, or the consent ended while it was
 * and its answer was dropped, or NAV does not accept it.
 */
export type ConsentRequired = NotDelivered & {
  readonly __typename?: 'ConsentRequired';
  /** The spans of dates that usable consents do allow for this set of data. Empty unless `reason` is `OUTSIDE_PERIOD`. */
  readonly allowedPerioder: ReadonlyArray<Periode>;
  /** The consent that decided the reason, such as the pending one with its page. Null when `reason` is `NEVER_ASKED`. */
  readonly decidedBy?: Maybe<Consent>;
  /** The next step, in English, for the person at the screen. */
  readonly message: Scalars['String']['output'];
  /** Why no consent could be used. */
  readonly reason: ConsentRequiredReason;
  /** Which set of data was asked for. */
  readonly source: Source;
};

/** Why no consent could be used. When several apply, the first in this order is given, and of ended consents the one that ended last. */
export type ConsentRequiredReason =
  /** The person said no. Wait some days before asking again on the same terms. */
  | 'DECLINED'
  /** The time during which NAV could be asked has passed. */
  | 'EXPIRED'
  /** The person was never asked by your data consumer for this purpose. */
  | 'NEVER_ASKED'
  /** There is a usable consent, but it does not allow all the dates asked for. See `allowedPerioder`. */
  | 'OUTSIDE_PERIOD'
  /** The person has been asked and has not answered; that request would cover the read. */
  | 'PENDING'
  /** The insurer has given the consent up. Ask the person anew if it is needed again. */
  | 'RELINQUISHED'
  /** There is a usable consent, but not for this set of data. */
  | 'SOURCE_NOT_COVERED'
  /** There is a consent that NAV does not accept. Ask the person anew. */
  | 'UNUSABLE'
  /** The person has withdrawn the consent. */
  | 'WITHDRAWN';

/** What has become of a consent. */
export type ConsentStatus =
  /** Given, and not ended by anyone or by time. */
  | 'ACTIVE'
  /** The person said no. */
  | 'DECLINED'
  /** `validTo` has passed, whether or not the person had answered. */
  | 'EXPIRED'
  /** Asked for, not answered. */
  | 'PENDING'
  /** Given up by the insurer. Never usable again, whatever Altinn says. */
  | 'RELINQUISHED'
  /** Given, but NAV does not accept it, such as one moved over from Altinn 2. The person must be asked anew. */
  | 'UNUSABLE'
  /** Given, and later withdrawn by the person. */
  | 'WITHDRAWN';

/** The organisation that receives the data and to which people give their consent: an insurer. */
export type DataConsumer = {
  readonly __typename?: 'DataConsumer';
  /** Its name, as configured in this gateway, for a person who reads the language. */
  readonly name: Scalars['String']['output'];
  /** Its organisation number. */
  readonly organisationNumber: Scalars['OrganisationNumber']['output'];
  /** Organisation number of the supplier that asks on its behalf, when it has delegated. Null: it asks for itself. */
  readonly supplier?: Maybe<Scalars['OrganisationNumber']['output']>;
};


/** The organisation that receives the data and to which people give their consent: an insurer. */
export type DataConsumerNameArgs = {
  language?: Language;
};

/** What every answer from NAV carries. NAV was asked, under a consent, and the read is recorded. */
export type Delivered = {
  /** The consent under which NAV was asked. */
  readonly consent: Consent;
  /** The record of this read, `Disclosure.id`. */
  readonly disclosureId: Scalars['ID']['output'];
  /** When NAV answered. The answer tells what was known then. */
  readonly retrievedAt: Scalars['DateTime']['output'];
  /** Which set of data this is. */
  readonly source: Source;
  /** The dates NAV was asked about: those given, and the consent's own where one was left out. About other dates nothing is known. */
  readonly uttrekksperiode: Periode;
};

/** The record of one attempt to read about a person: who, what, when and under which consent. Never what was found. */
export type Disclosure = {
  readonly __typename?: 'Disclosure';
  /** The person. Null: erased since, or never one this gateway could tell. */
  readonly applicant?: Maybe<Applicant>;
  /** Number of calls that may have reached NAV. The person can see as many entries on nav.no. */
  readonly attempts: Scalars['Int']['output'];
  /** Id of the request to this gateway; errors and logs carry the same one. */
  readonly callId: Scalars['String']['output'];
  /** Who asked: the subject of the caller's token. */
  readonly caller: Scalars['String']['output'];
  /** The consent used, or the one that decided the refusal. Null: there was none, or it is erased. */
  readonly consent?: Maybe<Consent>;
  /** The code of the error the caller was given; `ABANDONED`: the caller had gone before there was an answer. Null: none was. */
  readonly errorCode?: Maybe<Scalars['String']['output']>;
  /** The id of the record; answers carry it as `disclosureId`. */
  readonly id: Scalars['ID']['output'];
  /** When the read was about to be made: recorded before NAV could be asked. */
  readonly intendedAt: Scalars['DateTime']['output'];
  /** How it ended. */
  readonly outcome: DisclosureOutcome;
  /** What the data was asked for. Null: none could be determined, so the read was refused. */
  readonly purpose?: Maybe<Purpose>;
  /** The insurer's case reference, from the consent. Null: none was given. */
  readonly reference?: Maybe<Scalars['String']['output']>;
  /** What had become of the consent, for `REFUSED` and `WITHHELD`. Null: consent did not decide, or it is no longer there. */
  readonly refusedBecause?: Maybe<ConsentRequiredReason>;
  /** First day asked about, as the caller gave it. Null: left out, which means the first day of the consent's `periode`. */
  readonly requestedFom?: Maybe<Scalars['Date']['output']>;
  /** Last day asked about, as the caller gave it. Null: left out, which means the last day of the consent's `periode`. */
  readonly requestedTom?: Maybe<Scalars['Date']['output']>;
  /** What the caller did at the insurer then. */
  readonly role: Role;
  /** When the outcome was recorded. Null while `outcome` is `UNSETTLED`. */
  readonly settledAt?: Maybe<Scalars['DateTime']['output']>;
  /** Which set of data was asked for. */
  readonly source: Source;
  /** Organisation number of the supplier that asked on the insurer's behalf. Null: the insurer asked itself. */
  readonly supplier?: Maybe<Scalars['OrganisationNumber']['output']>;
  /**
   * Whether Altinn has written the use into the person's log of the consent. Null: Altinn keeps no such log on that rail, nothing
   * was delivered, or it is not known.
   */
  readonly useLogged?: Maybe<Scalars['Boolean']['output']>;
};

/** A page of records. */
export type DisclosureConnection = {
  readonly __typename?: 'DisclosureConnection';
  /** The records of the page, each with its cursor. */
  readonly edges: ReadonlyArray<DisclosureEdge>;
  /** The records of the page. */
  readonly nodes: ReadonlyArray<Disclosure>;
  /** Whether and where it goes on. */
  readonly pageInfo: PageInfo;
};

/** A record at its place in the list. */
export type DisclosureEdge = {
  readonly __typename?: 'DisclosureEdge';
  /** Its place, for `after`. Valid for the same data consumer and filter. */
  readonly cursor: Scalars['String']['output'];
  /** The record. */
  readonly node: Disclosure;
};

/** Which records to list. Every condition given must hold. */
export type DisclosureFilter = {
  /** Intended at or after this moment. */
  readonly from?: InputMaybe<Scalars['DateTime']['input']>;
  /** Any of these outcomes. Left out: any. An empty list: none. */
  readonly outcome?: InputMaybe<ReadonlyArray<DisclosureOutcome>>;
  /** Has exactly this case reference. */
  readonly reference?: InputMaybe<Scalars['String']['input']>;
  /** This set of data. */
  readonly source?: InputMaybe<Source>;
  /** Intended before this moment. */
  readonly to?: InputMaybe<Scalars['DateTime']['input']>;
};

/** How an attempt to read ended. */
export type DisclosureOutcome =
  /** NAV answered and the data was handed to the caller. */
  | 'DELIVERED'
  /** Something went wrong on the way; no data was handed over. See `attempts` for whether NAV may have been reached. */
  | 'FAILED'
  /** Policy or consent said no. NAV was not asked. */
  | 'REFUSED'
  /** Still running, or ended by a crash. NAV may have been asked. */
  | 'UNSETTLED'
  /** NAV was asked, but the consent ended meanwhile, or is `UNUSABLE`: whatever NAV answered was dropped and not shown. */
  | 'WITHHELD';

/** A yes-or-no answer as known at `retrievedAt`, with room for not knowing. Never read `UKJENT` as no. */
export type JaNeiUkjent =
  /** Yes. */
  | 'JA'
  /** No: NAV was asked about the date and shows nothing that would mean yes. */
  | 'NEI'
  /** Cannot be told: NAV was not asked about the date, or what it shows can be read both ways. */
  | 'UKJENT';

/** A code of NAV's together with NAV's Norwegian term for it, both exactly as NAV sent them. New codes pass through. */
export type Kodeverdi = {
  readonly __typename?: 'Kodeverdi';
  /** The code, such as `O`, `IVERK` or `AAP`. May be one that this documentation does not list. */
  readonly kode: Scalars['String']['output'];
  /** NAV's term for the code, in Norwegian, such as `Iverksatt`. Null: NAV sent none. */
  readonly termnavn?: Maybe<Scalars['String']['output']>;
};

/** A language that people in Norway are addressed in. */
export type Language =
  /** English. */
  | 'EN'
  /** Norwegian bokmål. */
  | 'NB'
  /** Norwegian nynorsk. */
  | 'NN';

/** One report card: a fortnight, Monday to Sunday, and the hours worked in it. Holiday and sickness are not shown. */
export type Meldekort = {
  readonly __typename?: 'Meldekort';
  /**
   * Hours worked in the days of the card that the consent allows, as NAV gives them; fractions occur. Where NAV sends a whole
   * card and its days are limited here, the hours are still those of the whole card.
   */
  readonly antallTimerArbeidet: Scalars['Float']['output'];
  /**
   * Hours worked as a share of full time, which is 75 hours in 14 days: 0.4 is 40 %, and more than 1 is possible. Null: the
   * card may be cut, or is not 14 days, so no share can be told.
   */
  readonly arbeidsandel?: Maybe<Scalars['Float']['output']>;
  /** Whether an end of the card meets the consent's first or last day, so that days may be missing and the hours may not fit them. */
  readonly kanVaereKuttet: Scalars['Boolean']['output'];
  /** NAV's id of the card. */
  readonly meldekortId: Scalars['ID']['output'];
  /** The days of the card, limited to the consent's period. */
  readonly periode: Periode;
};

/** Everything that can be changed: the life of a consent. Data at NAV is never changed. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Asks Altinn what has become of a consent and returns it as it now stands. Null only beside an error. */
  readonly refreshConsent?: Maybe<ConsentPayload>;
  /**
   * Gives a consent up for good, because the insurer no longer needs it. Nothing brings it back, whatever Altinn says;
   * Altinn is told where it can be. Doing it twice changes nothing. Null only beside an error.
   */
  readonly relinquishConsent?: Maybe<ConsentPayload>;
  /**
   * Asks a person for consent. A usable consent, a pending request or a recent refusal on the same terms is returned instead,
   * so nobody is asked twice: look at its `status`. Null only beside an error.
   */
  readonly requestConsent?: Maybe<RequestConsentPayload>;
};


/** Everything that can be changed: the life of a consent. Data at NAV is never changed. */
export type MutationRefreshConsentArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be changed: the life of a consent. Data at NAV is never changed. */
export type MutationRelinquishConsentArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be changed: the life of a consent. Data at NAV is never changed. */
export type MutationRequestConsentArgs = {
  input: RequestConsentInput;
};

/** What every answer without data carries. Select on it, and reasons that are added later reach you too. */
export type NotDelivered = {
  /** What to do next, in English, for the person at the screen. */
  readonly message: Scalars['String']['output'];
  /** Which set of data was asked for. */
  readonly source: Source;
};

/** Where a page of a connection ends. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** Give it as `after` for the next page, with the same filter and order. Null: the page is empty. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether there is more after this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
};

/** A span of dates, both ends included. */
export type Periode = {
  readonly __typename?: 'Periode';
  /** First day of the span. */
  readonly fom: Scalars['Date']['output'];
  /** Last day of the span. Null: no end is set. */
  readonly tom?: Maybe<Scalars['Date']['output']>;
};

/** The span of dates to ask NAV about, both ends included. It selects rows; it never shortens one. */
export type PeriodeInput = {
  /** First day asked about. Left out: the first day of the consent that is used. A day before it is answered with `OUTSIDE_PERIOD`. */
  readonly fom?: InputMaybe<Scalars['Date']['input']>;
  /** Last day asked about. Left out: the last day of the consent that is used. A day after it is answered with `OUTSIDE_PERIOD`. */
  readonly tom?: InputMaybe<Scalars['Date']['input']>;
};

/** Whether a request is shown outside the page that the insurer sends the person to. */
export type PortalViewMode =
  /** Only through `pageUrl`. */
  | 'HIDE'
  /** Also in the person's Altinn portal, where answering sends nobody back to the insurer. */
  | 'SHOW';

/** What the data is used for. These are the only purposes that DSOP allows; a consent is bound to one of them. */
export type Purpose =
  /** Other disability insurance (uføreforsikring). */
  | 'DISABILITY_INSURANCE'
  /** Occupational pension (tjenestepensjon) with premium waiver or disability cover. */
  | 'OCCUPATIONAL_PENSION';

/** Everything that can be read. NAV is asked only when a benefit field is selected. */
export type Query = {
  readonly __typename?: 'Query';
  /** One person. Nothing is looked up at NAV until a benefit field is selected. Null only beside an error. */
  readonly applicant?: Maybe<Applicant>;
  /**
   * Several people, in the order of `by`. A key that cannot be used gives a null in its place, beside an error whose path
   * holds its index; the others are answered. The whole list is null only beside an error that concerns all of it.
   */
  readonly applicants?: Maybe<ReadonlyArray<Maybe<Applicant>>>;
  /** One consent of your data consumer. Null only beside an error; another data consumer's does not exist here. */
  readonly consent?: Maybe<Consent>;
  /** The consents of your data consumer, page by page. Null only beside an error. */
  readonly consents?: Maybe<ConsentConnection>;
  /** The record of every read that was attempted for your data consumer, newest first. For auditors. Null only beside an error. */
  readonly disclosures?: Maybe<DisclosureConnection>;
  /** Who the gateway takes you for, and what you may ask for. */
  readonly viewer: Viewer;
};


/** Everything that can be read. NAV is asked only when a benefit field is selected. */
export type QueryApplicantArgs = {
  by: ApplicantKey;
  purpose?: InputMaybe<Purpose>;
};


/** Everything that can be read. NAV is asked only when a benefit field is selected. */
export type QueryApplicantsArgs = {
  by: ReadonlyArray<ApplicantKey>;
  purpose?: InputMaybe<Purpose>;
};


/** Everything that can be read. NAV is asked only when a benefit field is selected. */
export type QueryConsentArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. NAV is asked only when a benefit field is selected. */
export type QueryConsentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ConsentFilter>;
  first?: Scalars['Int']['input'];
  orderBy?: ConsentOrder;
};


/** Everything that can be read. NAV is asked only when a benefit field is selected. */
export type QueryDisclosuresArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DisclosureFilter>;
  first?: Scalars['Int']['input'];
};

/** Which of Altinn's two solutions a consent was given in. */
export type Rail =
  /** Altinn 2, which ended in June 2026. */
  | 'ALTINN_2'
  /** Altinn 3, where the consent is part of the token that opens NAV. */
  | 'ALTINN_3';

/** A request for consent: whom, for which dates, until when, and where the person goes afterwards. */
export type RequestConsentInput = {
  /** The person to ask. */
  readonly applicant: ApplicantKey;
  /** The person's family name as in the population register. Required on Altinn 2 only; never stored. */
  readonly familyName?: InputMaybe<Scalars['String']['input']>;
  /** The insurer's own words to the person, shown on the consent page. Left out: Altinn's text alone. */
  readonly message?: InputMaybe<ConsentMessageInput>;
  /** Which dates are to be seen. */
  readonly periode: ConsentPeriodeInput;
  /** Whether the request also shows up in the person's Altinn portal. */
  readonly portalViewMode?: PortalViewMode;
  /** What the data is used for. May be left out when you have exactly one purpose, see `viewer`. */
  readonly purpose?: InputMaybe<Purpose>;
  /** Your own case reference, kept with the consent and its reads. Anything that looks like a national id is refused. */
  readonly reference?: InputMaybe<Scalars['String']['input']>;
  /** Where the person is sent after answering. It must be registered for your data consumer; only `consent=<id>` is added to it. */
  readonly returnUrl: Scalars['URL']['input'];
  /** Until when NAV may be asked: later than now, at most three years ahead. Left out: as long as this gateway is set to, at most three years. */
  readonly validTo?: InputMaybe<Scalars['DateTime']['input']>;
};

/** The outcome of asking for consent. */
export type RequestConsentPayload = {
  readonly __typename?: 'RequestConsentPayload';
  /** The consent asked for, or the one that already had these terms. */
  readonly consent: Consent;
  /**
   * Whether a new request was made. False: the person had been asked already, and may have said yes or, lately, no: see `status`.
   * After a no they can be asked again on the same terms some days after `endedAt`: seven, unless the operator set another number.
   */
  readonly created: Scalars['Boolean']['output'];
};

/** What a caller does at the insurer. It decides what the caller may see. */
export type Role =
  /** Works with figures over many people, without national ids in clear. */
  | 'ANALYST'
  /** Examines who has read what: sees the disclosure log, not the data. */
  | 'AUDITOR'
  /** Handles single cases and may see national ids in clear. */
  | 'CASE_HANDLER'
  /** Keeps the gateway running: sees no person's data. */
  | 'OPERATOR'
  /** A system that reads many people at once, such as a partner's nightly run. May see national ids in clear. */
  | 'PARTNER';

/** A set of NAV data. Each is granted, read and recorded on its own. */
export type Source =
  /** The fortnightly AAP report cards (meldekort) with hours worked: field `aapMeldekort`. */
  | 'AAP_MELDEKORT'
  /** Decisions on AAP (arbeidsavklaringspenger): field `aapVedtak`. */
  | 'AAP_VEDTAK'
  /** Uføretrygd (disability benefit): status and calculation periods: field `uforeopplysninger`. */
  | 'UFOREOPPLYSNINGER';

/** The situation of a person's uføretrygd case now. */
export type UforeStatus =
  /** Applied for and refused. Refusals of a change do not count. */
  | 'AVSLAG'
  /** Moved abroad and keeps the benefit. */
  | 'EKSPORT'
  /** No application has been received, or the person is unknown there. */
  | 'IKKE_SOKT'
  /** Refused, and the appeal is pending. */
  | 'KLAGE_PA_AVSLAG'
  /** At least one decision runs without an end. */
  | 'LOPENDE'
  /** There are decisions, and all have ended. */
  | 'OPPHORT'
  /** The case is being rebuilt: the benefit looks stopped but is not, and no history is shown. Ask again later. */
  | 'REKONSTRUKSJON'
  /** A status this gateway does not know: see `statuskode`. Never read it as no benefit. */
  | 'UKJENT'
  /** NAV's own value for a status it cannot tell. Never read it as no benefit. */
  | 'UKJENT_STATUS'
  /** A claim is open. Earlier grants may or may not be shown. */
  | 'UNDER_BEHANDLING';

/** The uføregrad on one date. */
export type UforegradPaaDato = {
  readonly __typename?: 'UforegradPaaDato';
  /** Whether the person had an uføregrad above 0 on the date. */
  readonly harUforegrad: JaNeiUkjent;
  /** The grade in percent, 0 to 100; below 50 occurs. Null: no period covers the date, or the grade cannot be told. */
  readonly uforegrad?: Maybe<Scalars['Int']['output']>;
};

/** What NAV shows about uføretrygd (disability benefit): the status now, and the calculation periods that touch the dates asked about. */
export type Uforeopplysninger = Delivered & {
  readonly __typename?: 'Uforeopplysninger';
  /** The calculation periods, oldest `fom` first: a new one whenever grade, income before disability or income used changes. Empty: none in the dates asked about. */
  readonly beregningsperioder: ReadonlyArray<Beregningsperiode>;
  /** The consent under which NAV was asked. */
  readonly consent: Consent;
  /** The record of this read, `Disclosure.id`. */
  readonly disclosureId: Scalars['ID']['output'];
  /**
   * First date with effect on the case, whatever dates were asked about. For uføretrygd that was once uførepensjon it is the
   * pension's date, which can be long before 2015. Null: there has never been a grant.
   */
  readonly forsteVirkningstidspunkt?: Maybe<Scalars['Date']['output']>;
  /** The calculation period that covers today (Norwegian date). Null: none does, or it cannot be told: `uforegradPaa` tells which. */
  readonly gjeldende?: Maybe<Beregningsperiode>;
  /** When NAV answered. The answer tells what was known then. */
  readonly retrievedAt: Scalars['DateTime']['output'];
  /** Always `UFOREOPPLYSNINGER`. */
  readonly source: Source;
  /** The situation at `retrievedAt`, whatever dates were asked about. */
  readonly status: UforeStatus;
  /** The status exactly as NAV wrote it, also when this gateway does not know it. */
  readonly statuskode: Scalars['String']['output'];
  /**
   * The uføregrad on a date. `UKJENT` when the date was not asked about; when no period covers it while the status leaves it
   * open: `REKONSTRUKSJON`, `UNDER_BEHANDLING`, `UKJENT_STATUS`, `UKJENT`; and when what covers it gives no grade, or several.
   */
  readonly uforegradPaa: UforegradPaaDato;
  /** The dates NAV was asked about: those given, and the consent's own where one was left out. About other dates nothing is known. */
  readonly uttrekksperiode: Periode;
};


/** What NAV shows about uføretrygd (disability benefit): the status now, and the calculation periods that touch the dates asked about. */
export type UforeopplysningerUforegradPaaArgs = {
  dato: Scalars['Date']['input'];
};

/** Uføretrygd, or why NAV was not asked. */
export type UforeopplysningerResult = ConsentRequired | Uforeopplysninger;

/** The caller, as read from the bearer token. */
export type Viewer = {
  readonly __typename?: 'Viewer';
  /** The insurer on whose behalf everything is asked. */
  readonly dataConsumer: DataConsumer;
  /** The purposes the caller may state. When there is exactly one it may be left out of queries. */
  readonly purposes: ReadonlyArray<Purpose>;
  /** What the caller does there. */
  readonly role: Role;
  /** The sets of data the caller may ask for. Whether a person has consented is another matter. */
  readonly sources: ReadonlyArray<Source>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  AapMeldekortResult:
    | ( AapMeldekortlisteAnswer )
    | ( ConsentRequiredAnswer )
  ;
  AapVedtakResult:
    | ( AapVedtakslisteAnswer )
    | ( ConsentRequiredAnswer )
  ;
  UforeopplysningerResult:
    | ( ConsentRequiredAnswer )
    | ( UforeopplysningerAnswer )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Delivered:
    | ( AapMeldekortlisteAnswer )
    | ( AapVedtakslisteAnswer )
    | ( UforeopplysningerAnswer )
  ;
  NotDelivered: ( ConsentRequiredAnswer );
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AapBetydning: AapBetydning;
  AapMeldekortResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['AapMeldekortResult']>;
  AapMeldekortliste: ResolverTypeWrapper<AapMeldekortlisteAnswer>;
  AapPeriode: ResolverTypeWrapper<AapPeriodeParent>;
  AapVedtak: ResolverTypeWrapper<AapVedtakParent>;
  AapVedtakResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['AapVedtakResult']>;
  AapVedtaksliste: ResolverTypeWrapper<AapVedtakslisteAnswer>;
  Applicant: ResolverTypeWrapper<ApplicantParent>;
  ApplicantKey: ApplicantKey;
  Beregningsperiode: ResolverTypeWrapper<BeregningsperiodeParent>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Consent: ResolverTypeWrapper<ConsentParent>;
  ConsentConnection: ResolverTypeWrapper<Omit<ConsentConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['ConsentEdge']>, nodes: ReadonlyArray<ResolversTypes['Consent']> }>;
  ConsentEdge: ResolverTypeWrapper<Omit<ConsentEdge, 'node'> & { node: ResolversTypes['Consent'] }>;
  ConsentFilter: ConsentFilter;
  ConsentMessageInput: ConsentMessageInput;
  ConsentOrder: ConsentOrder;
  ConsentPayload: ResolverTypeWrapper<Omit<ConsentPayload, 'consent'> & { consent: ResolversTypes['Consent'] }>;
  ConsentPeriodeInput: ConsentPeriodeInput;
  ConsentRequired: ResolverTypeWrapper<ConsentRequiredAnswer>;
  ConsentRequiredReason: ConsentRequiredReason;
  ConsentStatus: ConsentStatus;
  DataConsumer: ResolverTypeWrapper<DataConsumerParent>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Delivered: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Delivered']>;
  Disclosure: ResolverTypeWrapper<DisclosureParent>;
  DisclosureConnection: ResolverTypeWrapper<Omit<DisclosureConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['DisclosureEdge']>, nodes: ReadonlyArray<ResolversTypes['Disclosure']> }>;
  DisclosureEdge: ResolverTypeWrapper<Omit<DisclosureEdge, 'node'> & { node: ResolversTypes['Disclosure'] }>;
  DisclosureFilter: DisclosureFilter;
  DisclosureOutcome: DisclosureOutcome;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  JaNeiUkjent: JaNeiUkjent;
  Kodeverdi: ResolverTypeWrapper<Kodeverdi>;
  Language: Language;
  Meldekort: ResolverTypeWrapper<MeldekortParent>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  NationalId: ResolverTypeWrapper<Scalars['NationalId']['output']>;
  NotDelivered: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['NotDelivered']>;
  OrganisationNumber: ResolverTypeWrapper<Scalars['OrganisationNumber']['output']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Periode: ResolverTypeWrapper<Periode>;
  PeriodeInput: PeriodeInput;
  PortalViewMode: PortalViewMode;
  Purpose: Purpose;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Rail: Rail;
  RequestConsentInput: RequestConsentInput;
  RequestConsentPayload: ResolverTypeWrapper<Omit<RequestConsentPayload, 'consent'> & { consent: ResolversTypes['Consent'] }>;
  Role: Role;
  Source: Source;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  URL: ResolverTypeWrapper<Scalars['URL']['output']>;
  UforeStatus: UforeStatus;
  UforegradPaaDato: ResolverTypeWrapper<UforegradPaaDato>;
  Uforeopplysninger: ResolverTypeWrapper<UforeopplysningerAnswer>;
  UforeopplysningerResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UforeopplysningerResult']>;
  Viewer: ResolverTypeWrapper<CallerParent>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AapMeldekortResult: ResolversUnionTypes<ResolversParentTypes>['AapMeldekortResult'];
  AapMeldekortliste: AapMeldekortlisteAnswer;
  AapPeriode: AapPeriodeParent;
  AapVedtak: AapVedtakParent;
  AapVedtakResult: ResolversUnionTypes<ResolversParentTypes>['AapVedtakResult'];
  AapVedtaksliste: AapVedtakslisteAnswer;
  Applicant: ApplicantParent;
  ApplicantKey: ApplicantKey;
  Beregningsperiode: BeregningsperiodeParent;
  Boolean: Scalars['Boolean']['output'];
  Consent: ConsentParent;
  ConsentConnection: Omit<ConsentConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['ConsentEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Consent']> };
  ConsentEdge: Omit<ConsentEdge, 'node'> & { node: ResolversParentTypes['Consent'] };
  ConsentFilter: ConsentFilter;
  ConsentMessageInput: ConsentMessageInput;
  ConsentPayload: Omit<ConsentPayload, 'consent'> & { consent: ResolversParentTypes['Consent'] };
  ConsentPeriodeInput: ConsentPeriodeInput;
  ConsentRequired: ConsentRequiredAnswer;
  DataConsumer: DataConsumerParent;
  Date: Scalars['Date']['output'];
  DateTime: Scalars['DateTime']['output'];
  Delivered: ResolversInterfaceTypes<ResolversParentTypes>['Delivered'];
  Disclosure: DisclosureParent;
  DisclosureConnection: Omit<DisclosureConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['DisclosureEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Disclosure']> };
  DisclosureEdge: Omit<DisclosureEdge, 'node'> & { node: ResolversParentTypes['Disclosure'] };
  DisclosureFilter: DisclosureFilter;
  Float: Scalars['Float']['output'];
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  Kodeverdi: Kodeverdi;
  Meldekort: MeldekortParent;
  Mutation: Record<PropertyKey, never>;
  NationalId: Scalars['NationalId']['output'];
  NotDelivered: ResolversInterfaceTypes<ResolversParentTypes>['NotDelivered'];
  OrganisationNumber: Scalars['OrganisationNumber']['output'];
  PageInfo: PageInfo;
  Periode: Periode;
  PeriodeInput: PeriodeInput;
  Query: Record<PropertyKey, never>;
  RequestConsentInput: RequestConsentInput;
  RequestConsentPayload: Omit<RequestConsentPayload, 'consent'> & { consent: ResolversParentTypes['Consent'] };
  String: Scalars['String']['output'];
  URL: Scalars['URL']['output'];
  UforegradPaaDato: UforegradPaaDato;
  Uforeopplysninger: UforeopplysningerAnswer;
  UforeopplysningerResult: ResolversUnionTypes<ResolversParentTypes>['UforeopplysningerResult'];
  Viewer: CallerParent;
};

export type AapMeldekortResultResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AapMeldekortResult'] = ResolversParentTypes['AapMeldekortResult']> = {
  __resolveType: TypeResolveFn<'AapMeldekortliste' | 'ConsentRequired', ParentType, ContextType>;
};

export type AapMeldekortlisteResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AapMeldekortliste'] = ResolversParentTypes['AapMeldekortliste']> = {
  consent?: Resolver<ResolversTypes['Consent'], ParentType, ContextType>;
  disclosureId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  meldekortliste?: Resolver<ReadonlyArray<ResolversTypes['Meldekort']>, ParentType, ContextType>;
  retrievedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
  uttrekksperiode?: Resolver<ResolversTypes['Periode'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AapPeriodeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AapPeriode'] = ResolversParentTypes['AapPeriode']> = {
  fomErKjent?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  periode?: Resolver<ResolversTypes['Periode'], ParentType, ContextType>;
  stansetAv?: Resolver<Maybe<ResolversTypes['AapVedtak']>, ParentType, ContextType>;
  tomErKjent?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  vedtak?: Resolver<ReadonlyArray<ResolversTypes['AapVedtak']>, ParentType, ContextType>;
};

export type AapVedtakResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AapVedtak'] = ResolversParentTypes['AapVedtak']> = {
  aktivitetsfase?: Resolver<Maybe<ResolversTypes['Kodeverdi']>, ParentType, ContextType>;
  betydning?: Resolver<ResolversTypes['AapBetydning'], ParentType, ContextType>;
  fomKanVaereKuttet?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  rettighetstype?: Resolver<ResolversTypes['Kodeverdi'], ParentType, ContextType>;
  tomKanVaereKuttet?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  utfall?: Resolver<Maybe<ResolversTypes['Kodeverdi']>, ParentType, ContextType>;
  vedtakId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  vedtaksstatus?: Resolver<ResolversTypes['Kodeverdi'], ParentType, ContextType>;
  vedtakstype?: Resolver<ResolversTypes['Kodeverdi'], ParentType, ContextType>;
  vedtaksvariant?: Resolver<Maybe<ResolversTypes['Kodeverdi']>, ParentType, ContextType>;
  virkningsperiode?: Resolver<ResolversTypes['Periode'], ParentType, ContextType>;
};

export type AapVedtakResultResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AapVedtakResult'] = ResolversParentTypes['AapVedtakResult']> = {
  __resolveType: TypeResolveFn<'AapVedtaksliste' | 'ConsentRequired', ParentType, ContextType>;
};

export type AapVedtakslisteResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AapVedtaksliste'] = ResolversParentTypes['AapVedtaksliste']> = {
  consent?: Resolver<ResolversTypes['Consent'], ParentType, ContextType>;
  disclosureId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  gjeldende?: Resolver<Maybe<ResolversTypes['AapPeriode']>, ParentType, ContextType>;
  harAapPaa?: Resolver<ResolversTypes['JaNeiUkjent'], ParentType, ContextType, RequireFields<AapVedtakslisteHarAapPaaArgs, 'dato'>>;
  perioder?: Resolver<ReadonlyArray<ResolversTypes['AapPeriode']>, ParentType, ContextType>;
  retrievedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
  uttrekksperiode?: Resolver<ResolversTypes['Periode'], ParentType, ContextType>;
  vedtaksliste?: Resolver<ReadonlyArray<ResolversTypes['AapVedtak']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ApplicantResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Applicant'] = ResolversParentTypes['Applicant']> = {
  aapMeldekort?: Resolver<Maybe<ResolversTypes['AapMeldekortResult']>, ParentType, ContextType, Partial<ApplicantAapMeldekortArgs>>;
  aapVedtak?: Resolver<Maybe<ResolversTypes['AapVedtakResult']>, ParentType, ContextType, Partial<ApplicantAapVedtakArgs>>;
  consent?: Resolver<Maybe<ResolversTypes['Consent']>, ParentType, ContextType, Partial<ApplicantConsentArgs>>;
  consents?: Resolver<Maybe<ResolversTypes['ConsentConnection']>, ParentType, ContextType, RequireFields<ApplicantConsentsArgs, 'first'>>;
  disclosures?: Resolver<Maybe<ResolversTypes['DisclosureConnection']>, ParentType, ContextType, RequireFields<ApplicantDisclosuresArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  maskedNationalId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nationalId?: Resolver<Maybe<ResolversTypes['NationalId']>, ParentType, ContextType>;
  uforeopplysninger?: Resolver<Maybe<ResolversTypes['UforeopplysningerResult']>, ParentType, ContextType, Partial<ApplicantUforeopplysningerArgs>>;
};

export type BeregningsperiodeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Beregningsperiode'] = ResolversParentTypes['Beregningsperiode']> = {
  ferdiglignetInntekt?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  fom?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  ifu?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  inntektBruktIAvkortingen?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  klagebehandles?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  tom?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  uforegrad?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  uforetidspunkt?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
};

export type ConsentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Consent'] = ResolversParentTypes['Consent']> = {
  answeredAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  applicant?: Resolver<ResolversTypes['Applicant'], ParentType, ContextType>;
  changedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  confirmedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  covers?: Resolver<ReadonlyArray<ResolversTypes['Source']>, ParentType, ContextType>;
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastReadAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  pageUrl?: Resolver<Maybe<ResolversTypes['URL']>, ParentType, ContextType>;
  periode?: Resolver<ResolversTypes['Periode'], ParentType, ContextType>;
  purpose?: Resolver<ResolversTypes['Purpose'], ParentType, ContextType>;
  rail?: Resolver<ResolversTypes['Rail'], ParentType, ContextType>;
  reference?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ConsentStatus'], ParentType, ContextType>;
  validTo?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type ConsentConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ConsentConnection'] = ResolversParentTypes['ConsentConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ConsentEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Consent']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ConsentEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ConsentEdge'] = ResolversParentTypes['ConsentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Consent'], ParentType, ContextType>;
};

export type ConsentPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ConsentPayload'] = ResolversParentTypes['ConsentPayload']> = {
  consent?: Resolver<ResolversTypes['Consent'], ParentType, ContextType>;
};

export type ConsentRequiredResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ConsentRequired'] = ResolversParentTypes['ConsentRequired']> = {
  allowedPerioder?: Resolver<ReadonlyArray<ResolversTypes['Periode']>, ParentType, ContextType>;
  decidedBy?: Resolver<Maybe<ResolversTypes['Consent']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['ConsentRequiredReason'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DataConsumerResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DataConsumer'] = ResolversParentTypes['DataConsumer']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType, RequireFields<DataConsumerNameArgs, 'language'>>;
  organisationNumber?: Resolver<ResolversTypes['OrganisationNumber'], ParentType, ContextType>;
  supplier?: Resolver<Maybe<ResolversTypes['OrganisationNumber']>, ParentType, ContextType>;
};

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeliveredResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Delivered'] = ResolversParentTypes['Delivered']> = {
  __resolveType: TypeResolveFn<'AapMeldekortliste' | 'AapVedtaksliste' | 'Uforeopplysninger', ParentType, ContextType>;
};

export type DisclosureResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Disclosure'] = ResolversParentTypes['Disclosure']> = {
  applicant?: Resolver<Maybe<ResolversTypes['Applicant']>, ParentType, ContextType>;
  attempts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  callId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  caller?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  consent?: Resolver<Maybe<ResolversTypes['Consent']>, ParentType, ContextType>;
  errorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  intendedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['DisclosureOutcome'], ParentType, ContextType>;
  purpose?: Resolver<Maybe<ResolversTypes['Purpose']>, ParentType, ContextType>;
  reference?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  refusedBecause?: Resolver<Maybe<ResolversTypes['ConsentRequiredReason']>, ParentType, ContextType>;
  requestedFom?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  requestedTom?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  settledAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
  supplier?: Resolver<Maybe<ResolversTypes['OrganisationNumber']>, ParentType, ContextType>;
  useLogged?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
};

export type DisclosureConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DisclosureConnection'] = ResolversParentTypes['DisclosureConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['DisclosureEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Disclosure']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type DisclosureEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DisclosureEdge'] = ResolversParentTypes['DisclosureEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Disclosure'], ParentType, ContextType>;
};

export type KodeverdiResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Kodeverdi'] = ResolversParentTypes['Kodeverdi']> = {
  kode?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  termnavn?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type MeldekortResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Meldekort'] = ResolversParentTypes['Meldekort']> = {
  antallTimerArbeidet?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  arbeidsandel?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  kanVaereKuttet?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  meldekortId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  periode?: Resolver<ResolversTypes['Periode'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  refreshConsent?: Resolver<Maybe<ResolversTypes['ConsentPayload']>, ParentType, ContextType, RequireFields<MutationRefreshConsentArgs, 'id'>>;
  relinquishConsent?: Resolver<Maybe<ResolversTypes['ConsentPayload']>, ParentType, ContextType, RequireFields<MutationRelinquishConsentArgs, 'id'>>;
  requestConsent?: Resolver<Maybe<ResolversTypes['RequestConsentPayload']>, ParentType, ContextType, RequireFields<MutationRequestConsentArgs, 'input'>>;
};

export interface NationalIdScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['NationalId'], any> {
  name: 'NationalId';
}

export type NotDeliveredResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['NotDelivered'] = ResolversParentTypes['NotDelivered']> = {
  __resolveType: TypeResolveFn<'ConsentRequired', ParentType, ContextType>;
};

export interface OrganisationNumberScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['OrganisationNumber'], any> {
  name: 'OrganisationNumber';
}

export type PageInfoResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type PeriodeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Periode'] = ResolversParentTypes['Periode']> = {
  fom?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  tom?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  applicant?: Resolver<Maybe<ResolversTypes['Applicant']>, ParentType, ContextType, RequireFields<QueryApplicantArgs, 'by'>>;
  applicants?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Applicant']>>>, ParentType, ContextType, RequireFields<QueryApplicantsArgs, 'by'>>;
  consent?: Resolver<Maybe<ResolversTypes['Consent']>, ParentType, ContextType, RequireFields<QueryConsentArgs, 'id'>>;
  consents?: Resolver<Maybe<ResolversTypes['ConsentConnection']>, ParentType, ContextType, RequireFields<QueryConsentsArgs, 'first' | 'orderBy'>>;
  disclosures?: Resolver<Maybe<ResolversTypes['DisclosureConnection']>, ParentType, ContextType, RequireFields<QueryDisclosuresArgs, 'first'>>;
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
};

export type RequestConsentPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RequestConsentPayload'] = ResolversParentTypes['RequestConsentPayload']> = {
  consent?: Resolver<ResolversTypes['Consent'], ParentType, ContextType>;
  created?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export interface UrlScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['URL'], any> {
  name: 'URL';
}

export type UforegradPaaDatoResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UforegradPaaDato'] = ResolversParentTypes['UforegradPaaDato']> = {
  harUforegrad?: Resolver<ResolversTypes['JaNeiUkjent'], ParentType, ContextType>;
  uforegrad?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type UforeopplysningerResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Uforeopplysninger'] = ResolversParentTypes['Uforeopplysninger']> = {
  beregningsperioder?: Resolver<ReadonlyArray<ResolversTypes['Beregningsperiode']>, ParentType, ContextType>;
  consent?: Resolver<ResolversTypes['Consent'], ParentType, ContextType>;
  disclosureId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  forsteVirkningstidspunkt?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  gjeldende?: Resolver<Maybe<ResolversTypes['Beregningsperiode']>, ParentType, ContextType>;
  retrievedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['Source'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['UforeStatus'], ParentType, ContextType>;
  statuskode?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  uforegradPaa?: Resolver<ResolversTypes['UforegradPaaDato'], ParentType, ContextType, RequireFields<UforeopplysningerUforegradPaaArgs, 'dato'>>;
  uttrekksperiode?: Resolver<ResolversTypes['Periode'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UforeopplysningerResultResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UforeopplysningerResult'] = ResolversParentTypes['UforeopplysningerResult']> = {
  __resolveType: TypeResolveFn<'ConsentRequired' | 'Uforeopplysninger', ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  dataConsumer?: Resolver<ResolversTypes['DataConsumer'], ParentType, ContextType>;
  purposes?: Resolver<ReadonlyArray<ResolversTypes['Purpose']>, ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  sources?: Resolver<ReadonlyArray<ResolversTypes['Source']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = RequestContext> = {
  AapMeldekortResult?: AapMeldekortResultResolvers<ContextType>;
  AapMeldekortliste?: AapMeldekortlisteResolvers<ContextType>;
  AapPeriode?: AapPeriodeResolvers<ContextType>;
  AapVedtak?: AapVedtakResolvers<ContextType>;
  AapVedtakResult?: AapVedtakResultResolvers<ContextType>;
  AapVedtaksliste?: AapVedtakslisteResolvers<ContextType>;
  Applicant?: ApplicantResolvers<ContextType>;
  Beregningsperiode?: BeregningsperiodeResolvers<ContextType>;
  Consent?: ConsentResolvers<ContextType>;
  ConsentConnection?: ConsentConnectionResolvers<ContextType>;
  ConsentEdge?: ConsentEdgeResolvers<ContextType>;
  ConsentPayload?: ConsentPayloadResolvers<ContextType>;
  ConsentRequired?: ConsentRequiredResolvers<ContextType>;
  DataConsumer?: DataConsumerResolvers<ContextType>;
  Date?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Delivered?: DeliveredResolvers<ContextType>;
  Disclosure?: DisclosureResolvers<ContextType>;
  DisclosureConnection?: DisclosureConnectionResolvers<ContextType>;
  DisclosureEdge?: DisclosureEdgeResolvers<ContextType>;
  Kodeverdi?: KodeverdiResolvers<ContextType>;
  Meldekort?: MeldekortResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  NationalId?: GraphQLScalarType;
  NotDelivered?: NotDeliveredResolvers<ContextType>;
  OrganisationNumber?: GraphQLScalarType;
  PageInfo?: PageInfoResolvers<ContextType>;
  Periode?: PeriodeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RequestConsentPayload?: RequestConsentPayloadResolvers<ContextType>;
  URL?: GraphQLScalarType;
  UforegradPaaDato?: UforegradPaaDatoResolvers<ContextType>;
  Uforeopplysninger?: UforeopplysningerResolvers<ContextType>;
  UforeopplysningerResult?: UforeopplysningerResultResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
};

