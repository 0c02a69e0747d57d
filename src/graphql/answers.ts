import type { Applicant, Purpose } from '../access/ports.ts';
import type { ConsentRequired, Delivered } from '../access/read.ts';

/** What resolvers are handed as parents: the answers of `access/`, under the names of the contract. */
export type AapVedtakslisteAnswer = Delivered<'aapVedtak'>;
export type AapMeldekortlisteAnswer = Delivered<'aapMeldekort'>;
export type UforeopplysningerAnswer = Delivered<'uforeopplysninger'>;
export type ConsentRequiredAnswer = ConsentRequired;

/** An applicant together with the purpose it was asked for; null: the caller's only one. */
export interface ApplicantParent {
  readonly applicant: Applicant;
  readonly purpose: Purpose | null;
}
