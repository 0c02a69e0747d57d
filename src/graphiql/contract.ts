import type { GraphQLSchema } from 'graphql';
import { buildSchema } from 'graphql';

const files = import.meta.glob<string>('../../schema/*.graphql', { query: '?raw', import: 'default', eager: true });

/** The gateway's own schema, built in: it can be read before anyone has signed in, and costs no introspection. */
export function contract(): GraphQLSchema {
  return buildSchema(Object.values(files).join('\n'));
}
