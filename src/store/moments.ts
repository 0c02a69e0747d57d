/** A moment as a column holds it: milliseconds since 1970. */
export function toColumn(moment: Date | null): number | null {
  return moment === null ? null : moment.getTime();
}

/** The moment that a column holds. */
export function fromColumn(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}
