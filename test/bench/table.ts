import type { Figure, Measured } from './figure.ts';

/** First lines of the table that {@link rowOf} continues. */
export const TABLE_HEAD = '| figure | rail | came to | bound | kept | from |\n| --- | --- | ---: | ---: | --- | --- |';

/** A figure and what it came to, against the bound of its form, as a row of Markdown. */
export function rowOf({ name, says, rail }: Figure, { value, parts }: Measured, bound: Figure['bound']): string {
  const wanted = 'atMost' in bound ? `at most ${bound.atMost}` : `at least ${bound.atLeast}`;
  const from = Object.entries(parts).map(([part, number]) => `${part} ${number}`);
  const cells = [`\`${name}\`: ${says}`, rail === 'ALTINN_3' ? 'Altinn 3' : 'Altinn 2', value.toFixed(3), wanted];
  return `| ${[...cells, meets(value, bound) ? 'yes' : '**no**', from.join(', ')].join(' | ')} |`;
}

/** The bounded form, up to three times: a neighbour on the machine spoils a measure, what is wrong spoils each of them. */
export async function measureLoosely(figure: Figure, tries = 3): Promise<Measured> {
  const measured = await figure.measure('bounded');
  return tries === 1 || meets(measured.value, figure.looseBound) ? measured : measureLoosely(figure, tries - 1);
}

/** Whether a value keeps a bound. */
export function meets(value: number, bound: Figure['bound']): boolean {
  return 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;
}
