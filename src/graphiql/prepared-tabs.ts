import type { Example, Filling } from './examples.ts';
import { EXAMPLES } from './examples.ts';
import type { Settings } from './settings.ts';

/** The tabs to begin with: the one asked for first. */
export interface PreparedTabs {
  readonly tabs: readonly { readonly query: string; readonly variables: string }[];
  /** Why the address could not be followed; undefined when it could. */
  readonly flaw: string | undefined;
}

/**
 * The examples as tabs.
 *
 * @param search query of the address: `example` names an example, `person` a member of the cast
 * @param today `yyyy-MM-dd`, for where there is no sandbox to tell it
 */
export function prepareTabs(search: string, settings: Settings, today: string): PreparedTabs {
  const asked = new URLSearchParams(search);
  const name = asked.get('example');
  const person = asked.get('person');
  const chosen = name === null ? undefined : EXAMPLES.find((example) => example.name === name);
  const known = settings.sandbox?.people.some(({ id }) => id === person) ?? false;
  const examples = chosen === undefined ? EXAMPLES : [chosen, ...EXAMPLES.filter((example) => example !== chosen)];
  return {
    tabs: examples.map((example) => {
      const about = known && person !== null && (example === chosen || name === null) ? person : example.person;
      return {
        query: example.query,
        variables: JSON.stringify(example.variables(fillingOf(about, settings, today)), null, 2),
      };
    }),
    flaw: flawOf(name, chosen, person, known),
  };
}

function fillingOf(person: string, { sandbox }: Settings, today: string): Filling {
  const about = sandbox?.people.find(({ id }) => id === person);
  return {
    nationalId: about?.nationalId ?? '',
    familyName: about?.familyName ?? '',
    nationalIds: sandbox?.people.map(({ nationalId }) => nationalId) ?? [],
    today: sandbox?.today ?? today,
    returnUrl: about?.returnUrl ?? '',
  };
}

function flawOf(
  name: string | null,
  chosen: Example | undefined,
  person: string | null,
  known: boolean,
): string | undefined {
  if (name !== null && chosen === undefined) return 'There is no example of that name. The tabs hold all there are.';
  if (person !== null && !known) return 'There is no such person here: fill in the variables yourself.';
  return undefined;
}
