import { idnr } from '@navikt/fnrvalidator';

/**
 * A number that counts as a real person's: sound, and of the population that production serves. Made for a birth in 1855,
 * a century before anyone was given a number, so that it is nobody's.
 */
export function realNumber(): string {
  for (let serial = 500; serial < 750; serial += 1) {
    const number = withCheckDigits(`010155${serial}`);
    const verdict = number === undefined ? undefined : idnr(number);
    if (number !== undefined && verdict?.status === 'valid' && verdict.type === 'fnr') return number;
  }
  throw new Error('no such number');
}

function withCheckDigits(nine: string): string | undefined {
  const first = checkDigit(nine, [3, 7, 6, 1, 8, 9, 4, 5, 2]);
  const second = first === undefined ? undefined : checkDigit(`${nine}${first}`, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
  return second === undefined ? undefined : `${nine}${first}${second}`;
}

function checkDigit(digits: string, weights: readonly number[]): number | undefined {
  const sum = weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  const digit = (11 - (sum % 11)) % 11;
  return digit === 10 ? undefined : digit;
}
