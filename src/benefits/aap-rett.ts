import type { BoundedPeriode, CivilDate } from '../periode.ts';
import { addDays, contains } from '../periode.ts';
import type { AapVedtak, AapVedtaksliste } from './aap.ts';
import { betydning } from './aap.ts';
import type { JaNeiUkjent } from './ja-nei-ukjent.ts';
import { anyOf, both, opposite } from './ja-nei-ukjent.ts';

/** A span of days with an unbroken right to AAP, within the uttrekksperiode. */
export interface AapPeriode {
  readonly periode: BoundedPeriode;
  /** The day before is known to have no right. False on the first day asked about and after days that cannot be told. */
  readonly fomErKjent: boolean;
  /** The day after is known to have no right. False on the last day asked about and before days that cannot be told. */
  readonly tomErKjent: boolean;
  /** The stop that takes effect on the day after; null: none does, or the end is not known. */
  readonly stansetAv: AapVedtak | null;
  /** The decisions that give the right on at least one day of the span, in the order of the answer. */
  readonly vedtak: readonly AapVedtak[];
}

/** What holds on one day, or on every day of a stretch: whether there is a right, and which decisions give it. */
interface Rett {
  readonly har: JaNeiUkjent;
  readonly vedtak: readonly AapVedtak[];
}

interface Stretch extends Rett {
  readonly periode: BoundedPeriode;
}

/**
 * Whether the person had a right to AAP on a date, as known when NAV answered. A grant gives a right on each of its days
 * unless a stop that began after the grant is in force; a gap between grants gives none. Not that money was paid: a right
 * stands though no meldekort is sent in.
 *
 * UKJENT: the date was not asked about; or a stop in force and a grant both meet the consent's first day, which hides which
 * came last; or a decision about money whose codes are not known may grant or stop on that day. Never throws.
 */
export function harAapPaa(answer: AapVedtaksliste, dato: CivilDate): JaNeiUkjent {
  return contains(answer.uttrekksperiode, dato) ? findRett(answer.vedtaksliste, dato).har : 'UKJENT';
}

/**
 * The longest spans of days for which {@link harAapPaa} says JA: oldest first, no two touching, all within the
 * uttrekksperiode. Empty when there are none.
 */
export function aapPerioder(answer: AapVedtaksliste): AapPeriode[] {
  const spans: AapPeriode[] = [];
  let before: JaNeiUkjent = 'UKJENT';
  let run: Stretch[] = [];
  const close = (after: JaNeiUkjent) => {
    const span = joinStretches(run, answer);
    if (span !== undefined) spans.push({ ...span, ...describeEnds(span.periode, before, after, answer) });
  };
  for (const stretch of cutIntoStretches(answer)) {
    if (stretch.har === 'JA') {
      run.push(stretch);
    } else {
      close(stretch.har);
      before = stretch.har;
      run = [];
    }
  }
  close('UKJENT');
  return spans;
}

/** The span of {@link aapPerioder} that covers the date, usually today's; null when none does or the date was not asked about. */
export function gjeldendeAapPeriode(answer: AapVedtaksliste, today: CivilDate): AapPeriode | null {
  return aapPerioder(answer).find(({ periode }) => contains(periode, today)) ?? null;
}

function findRett(vedtaksliste: readonly AapVedtak[], dato: CivilDate): Rett {
  const thatDay = vedtaksliste.filter(({ virkningsperiode }) => contains(virkningsperiode, dato));
  const judged = thatDay.map((vedtak) => ({ vedtak, gives: givesRett(vedtak, thatDay) }));
  return {
    har: anyOf(judged.map(({ gives }) => gives)),
    vedtak: judged.filter(({ gives }) => gives === 'JA').map(({ vedtak }) => vedtak),
  };
}

/** @param thatDay every decision that covers the day, the grant among them */
function givesRett(grant: AapVedtak, thatDay: readonly AapVedtak[]): JaNeiUkjent {
  const stopped = anyOf(thatDay.map((stans) => both(stops(stans), cameAfter(stans, grant))));
  return both(grants(grant), opposite(stopped));
}

/** Whether a decision, taken alone, grants money. What is not known may. */
function grants(vedtak: AapVedtak): JaNeiUkjent {
  if (leavesMoneyAlone(vedtak)) return 'NEI';
  const meaning = betydning(vedtak);
  if (meaning === 'INNVILGET') return 'JA';
  return meaning === 'UKJENT' && vedtak.vedtakstype.kode !== 'S' ? 'UKJENT' : 'NEI';
}

/** Whether a decision, taken alone, stops money. What is not known may. */
function stops(vedtak: AapVedtak): JaNeiUkjent {
  if (leavesMoneyAlone(vedtak)) return 'NEI';
  const meaning = betydning(vedtak);
  if (meaning === 'STANSET') return 'JA';
  return meaning === 'UKJENT' && !/^[OEG]$/.test(vedtak.vedtakstype.kode) ? 'UKJENT' : 'NEI';
}

/** AA115 is about the ability to work and gives no money whatever its codes; NEI neither grants nor stops. */
function leavesMoneyAlone(vedtak: AapVedtak): boolean {
  return vedtak.rettighetstype.kode === 'AA115' || vedtak.utfall?.kode === 'NEI';
}

/**
 * Whether a stop began after a grant, both covering the day in question. Where both meet the consent's first day their own
 * first days are hidden, and only the stop's status is left to tell: a closed one has been followed by the grant, one in
 * force may have come last. Neither "stops win ties" nor "the higher id wins" holds. That NAV shortens a grant before it
 * grants anew after a stop is taken for granted: one left long beside a closed stop is read as having come after it.
 */
function cameAfter(stans: AapVedtak, grant: AapVedtak): JaNeiUkjent {
  if (stans.fomKanVaereKuttet && grant.fomKanVaereKuttet) {
    return betydning(stans) === 'STANSET' && stans.vedtaksstatus.kode === 'AVSLU' ? 'NEI' : 'UKJENT';
  }
  return grant.virkningsperiode.fom < stans.virkningsperiode.fom ? 'JA' : 'NEI';
}

/** The uttrekksperiode cut wherever a decision begins or ends: within a stretch every day is answered alike. */
function cutIntoStretches({ uttrekksperiode, vedtaksliste }: AapVedtaksliste): Stretch[] {
  const changes = vedtaksliste.flatMap(({ virkningsperiode: { fom, tom } }) =>
    tom < uttrekksperiode.tom ? [fom, addDays(tom, 1)] : [fom],
  );
  const starts = [...new Set([uttrekksperiode.fom, ...changes])]
    .filter((date) => contains(uttrekksperiode, date))
    .sort();
  return starts.map((fom, at) => {
    const next = starts[at + 1];
    const tom = next === undefined ? uttrekksperiode.tom : addDays(next, -1);
    return { periode: { fom, tom }, ...findRett(vedtaksliste, fom) };
  });
}

function joinStretches(
  run: readonly Stretch[],
  { vedtaksliste }: AapVedtaksliste,
): Pick<AapPeriode, 'periode' | 'vedtak'> | undefined {
  const first = run.at(0);
  const last = run.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const giving = new Set(run.flatMap(({ vedtak }) => vedtak));
  return {
    periode: { fom: first.periode.fom, tom: last.periode.tom },
    vedtak: vedtaksliste.filter((vedtak) => giving.has(vedtak)),
  };
}

/** @param before what holds on the day before the span @param after what holds on the day after it */
function describeEnds(
  periode: BoundedPeriode,
  before: JaNeiUkjent,
  after: JaNeiUkjent,
  { vedtaksliste }: AapVedtaksliste,
): Omit<AapPeriode, 'periode' | 'vedtak'> {
  const tomErKjent = after === 'NEI';
  const dayAfter = tomErKjent ? addDays(periode.tom, 1) : undefined;
  return {
    fomErKjent: before === 'NEI',
    tomErKjent,
    stansetAv: vedtaksliste.find((row) => stops(row) === 'JA' && row.virkningsperiode.fom === dayAfter) ?? null,
  };
}
