import type { ConsentStatus } from './altinn3-state.ts';
import type { Language } from './page-language.ts';
import { EN } from './page-texts-en.ts';
import { NB } from './page-texts-nb.ts';
import { NN } from './page-texts-nn.ts';
import type { Trace } from './sporingslogg.ts';

/** Pages that only explain. */
export type NoticeName =
  | 'unknown'
  | 'wrongPerson'
  | 'answered'
  | 'notInForce'
  | 'expired'
  | 'notDelegable'
  | 'done'
  | 'forgedForm'
  | 'noPage';

/** What a page that only explains says: what is so, and what the person can do about it. */
export interface NoticeText {
  readonly title: string;
  readonly text: string;
  readonly advice: string;
}

/** A mistake in a form: what is missing, and how to put it right. */
export interface MistakeText {
  readonly title: string;
  readonly text: string;
}

/** Where a consent stands, as its giver is told. */
export type ShownStatus = ConsentStatus | 'Unanswered' | 'Ended' | 'Relinquished' | 'Used';

/** What frames every page. */
export interface ShellTexts {
  readonly skip: string;
  readonly languages: string;
  readonly sandbox: string;
  readonly fiction: string;
  /** Put before the title of a page whose form has a mistake. */
  readonly mistake: string;
}

/** Every text of the citizen's pages in one language. */
export interface Texts {
  readonly shell: ShellTexts;
  readonly account: { readonly loggedInAs: string; readonly switchPerson: string; readonly pages: string };
  readonly login: {
    readonly title: string;
    readonly lead: string;
    readonly choose: string;
    readonly nobody: MistakeText;
  };
  readonly request: {
    readonly title: string;
    /** Follows the name of whoever asks. */
    readonly asks: string;
    /** Comes before the name of whoever asks. */
    readonly messageFrom: string;
    readonly contents: string;
    readonly about: string;
    readonly who: string;
    readonly organisationNumber: string;
    readonly handler: string;
    readonly lasts: string;
    readonly rights: string;
    readonly points: readonly string[];
    readonly answer: string;
    readonly approve: string;
    readonly decline: string;
    readonly unanswered: MistakeText;
  };
  readonly consent: {
    readonly subject: string;
    readonly periode: string;
    readonly until: string;
    readonly aapUfore: { readonly title: string; readonly contents: readonly string[] };
  };
  readonly active: {
    readonly title: string;
    readonly lead: string;
    readonly none: string;
    readonly status: string;
    readonly lasts: string;
    readonly withdraw: string;
    /** Follows `withdraw`, and comes before the name, for those who hear the button without its surroundings. */
    readonly withdrawFrom: string;
    readonly answer: string;
    /** Follows `answer` as `withdrawFrom` does `withdraw`. */
    readonly answerTo: string;
    readonly withdrawn: string;
    /** Comes after the name of whoever had the consent. */
    readonly withdrawnEffect: string;
    readonly statuses: Readonly<Record<ShownStatus, string>>;
  };
  readonly looked: string;
  readonly notices: Readonly<Record<NoticeName, NoticeText>>;
  readonly innsyn: {
    readonly title: string;
    readonly lead: string;
    readonly choose: string;
    readonly unknown: string;
    readonly none: string;
    readonly what: string;
    readonly when: string;
    readonly basis: string;
    readonly fetchedBy: string;
    readonly until: string;
    readonly tema: Readonly<Record<Trace['tema'], string>>;
    /** What was asked for, by the last part of NAV's address. */
    readonly contents: Readonly<Record<string, string>>;
    /** In what words each basis is told, by NAV's own. */
    readonly bases: Readonly<Record<string, string>>;
  };
}

/** The texts by language. */
export const TEXTS: Readonly<Record<Language, Texts>> = { nb: NB, nn: NN, en: EN };
