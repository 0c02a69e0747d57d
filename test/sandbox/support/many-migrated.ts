import { createHash } from 'node:crypto';
import type { MigratedConsent } from '../../../src/sandbox/migrated.ts';

/** As many consents of one insurer, each of another invented person nobody else knows. The same every time. */
export function manyMigrated(organisation: string, count: number): MigratedConsent[] {
  return invented(count).map((person) => ({
    organisation,
    person,
    code: codeOf(`${organisation} ${person}`),
    consented: '2025-09-01T09:30:00Z',
    validTo: '2028-08-31T21:59:59Z',
    fom: '2022-01-01',
    tom: '2027-12-31',
  }));
}

/** Synthetic national ids with right check digits: born on the first of a month of 1960, month + 80. */
function invented(count: number): string[] {
  const found: string[] = [];
  for (let at = 0; found.length < count; at += 1) {
    const month = 81 + (at % 12);
    const stem = `01${month}60${String(Math.floor(at / 12)).padStart(3, '0')}`;
    const first = checkDigit(stem, [3, 7, 6, 1, 8, 9, 4, 5, 2]);
    const second = checkDigit(`${stem}${first}`, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    if (first < 10 && second < 10) found.push(`${stem}${first}${second}`);
  }
  return found;
}

function checkDigit(digits: string, weights: readonly number[]): number {
  const rest = weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0) % 11;
  return rest === 0 ? 0 : 11 - rest;
}

function codeOf(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
