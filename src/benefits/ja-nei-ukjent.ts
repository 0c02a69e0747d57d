/**
 * An answer that may be "cannot be told". The order of certainty is NEI, UKJENT, JA; what is not known never turns into
 * either of the others.
 */
export type JaNeiUkjent = 'JA' | 'NEI' | 'UKJENT';

const RANK: Record<JaNeiUkjent, number> = { NEI: 0, UKJENT: 1, JA: 2 };

/** JA when both are; NEI when one is; else UKJENT. */
export function both(one: JaNeiUkjent, other: JaNeiUkjent): JaNeiUkjent {
  return RANK[one] <= RANK[other] ? one : other;
}

/** JA when one is; NEI when all are, or there are none; else UKJENT. */
export function anyOf(answers: readonly JaNeiUkjent[]): JaNeiUkjent {
  return answers.reduce((one, other) => (RANK[one] >= RANK[other] ? one : other), 'NEI');
}

/** JA and NEI change places; UKJENT stays. */
export function opposite(answer: JaNeiUkjent): JaNeiUkjent {
  switch (answer) {
    case 'JA':
      return 'NEI';
    case 'NEI':
      return 'JA';
    case 'UKJENT':
      return 'UKJENT';
  }
}
