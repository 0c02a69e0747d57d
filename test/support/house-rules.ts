import type { Files, ImportedModule, Module, SyntaxNode } from './imports.ts';
import { isNode, lineOf, readModule } from './imports.ts';
import type { Room } from './rooms.ts';
import { roomOf } from './rooms.ts';

const GENERATED = 'src/graphql/generated.ts';
const MOST_LINES = 350;
const OPENS_THE_NETWORK = ['undici', 'node:http', 'node:https', 'node:http2', 'node:net', 'node:tls'];

/**
 * Holds files against the rules of the house.
 *
 * @returns one sentence for each breach: where, what, which rule, why
 */
export function breaches(files: Files): string[] {
  return Object.entries(files).flatMap(([path, text]) => {
    const ofText = [...nameBreaches(path), ...textBreaches(path, text)];
    if (!path.endsWith('.ts') || path.endsWith('.d.ts')) return ofText;
    const module = readModule(path, text);
    return [...ofText, ...importBreaches(module, files), ...syntaxBreaches(module)];
  });
}

function breach(where: string, what: string, rule: string, why: string): string {
  return `${where} ${what}. Rule: ${rule}. Why: ${why}.`;
}

// --- Files ---------------------------------------------------------------------------------------------------------

function nameBreaches(path: string): string[] {
  const found: string[] = [];
  const steps = path.split('/');
  if (!steps.every((step) => /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(step))) {
    found.push(
      breach(path, 'is not named so', 'files are kebab-case in ASCII', 'names work on every disk and in every link'),
    );
  }
  if (steps.some((step) => ['lib', 'utils', 'util', 'shared', 'common', 'helpers'].includes(step))) {
    found.push(
      breach(
        path,
        'lies in a folder without a subject',
        'no lib, utils or shared',
        'a file is named by the noun it owns',
      ),
    );
  }
  return found;
}

function textBreaches(path: string, text: string): string[] {
  const found: string[] = [];
  const lines = text.split('\n').length - 1;
  if (path.endsWith('.ts') && path !== GENERATED && lines > MOST_LINES) {
    found.push(breach(path, `has ${lines} lines`, `at most ${MOST_LINES}`, 'a file that long asks for a second name'));
  }
  if (text.includes('<%~')) {
    found.push(
      breach(
        path,
        'writes raw HTML',
        'the tag <%~ is not used',
        'it does not escape, and what it shows comes from outside',
      ),
    );
  }
  return found;
}

// --- Imports -------------------------------------------------------------------------------------------------------

function importBreaches(module: Module, files: Files): string[] {
  const { path } = module;
  const room = roomOf(path);
  if (room === undefined) {
    return [
      breach(path, 'is in no room', 'every file has a row in test/support/rooms.ts', 'what has no row has no rule'),
    ];
  }
  return module.imports.flatMap((imported) => {
    if (imported.path === undefined) return outsideBreaches(path, room, imported);
    if (!imported.path.endsWith('.ts') || !(imported.path in files)) {
      return [
        breach(
          path,
          `imports ${imported.from}`,
          'imports name a file of src/, with .ts',
          'Node runs the files as they stand',
        ),
      ];
    }
    return wallBreaches(path, room, imported, imported.path);
  });
}

function wallBreaches(path: string, room: Room, imported: ImportedModule, target: string): string[] {
  const targetRoom = roomOf(target);
  if (target === GENERATED && !(room.name === 'graphql' && imported.isType)) {
    return [
      breach(
        path,
        `imports ${imported.from}`,
        'generated types are for graphql/ alone, as types',
        'nothing else speaks GraphQL',
      ),
    ];
  }
  if (targetRoom === undefined || targetRoom === room) return [];
  const allowed = imported.isType ? [...room.may, ...room.mayAsTypes] : room.may;
  const file = target.replace(/^src\//, '').replace(/\.ts$/, '');
  if (!allowed.includes(targetRoom.name) && !allowed.includes(file)) {
    const verb = imported.isType ? 'imports types of' : 'imports';
    return [breach(path, `${verb} ${imported.from}`, inWords(room), room.why)];
  }
  const only = room.only?.[targetRoom.name];
  const others = only === undefined ? [] : imported.names.filter((name) => !only.includes(name));
  return others.map((name) =>
    breach(
      path,
      `imports ${name} from ${imported.from}`,
      `${room.name} may import only ${only?.join(', ')} from there`,
      room.why,
    ),
  );
}

function inWords({ name, may, mayAsTypes }: Room): string {
  const types = mayAsTypes.length > 0 ? `, and types of ${mayAsTypes.join(', ')}` : '';
  return `${name} may import ${may.join(', ') || 'nothing'}${types}`;
}

function outsideBreaches(path: string, room: Room, { from }: ImportedModule): string[] {
  if (room.name === 'benefits' && (from.startsWith('node:') || OPENS_THE_NETWORK.includes(from))) {
    return [breach(path, `imports ${from}`, 'benefits is pure', room.why)];
  }
  if (from === 'undici' && room.name !== 'upstream' && room.name !== 'sandbox') {
    return [
      breach(
        path,
        `imports ${from}`,
        'only upstream calls out',
        'deadline, size limit and redaction hold for every call',
      ),
    ];
  }
  if (/^(node:)?process$/.test(from) && room.name !== 'cli') return [processBreach(path)];
  if (/^(node:)?module$/.test(from)) {
    return [breach(path, `imports ${from}`, 'no require', 'it would pass the walls unseen')];
  }
  return [];
}

// --- Syntax --------------------------------------------------------------------------------------------------------

function syntaxBreaches(module: Module): string[] {
  const { path } = module;
  return module.nodes.flatMap(({ node, parent }) => {
    const where = `${path}:${lineOf(module, node)}`;
    const unseen = 'it would pass the walls unseen';
    switch (node.type) {
      case 'ImportExpression':
      case 'TSImportType':
        return [breach(where, 'uses import()', 'only import statements', unseen)];
      case 'CallExpression':
        return isNamed(node['callee'], 'require') ? [breach(where, 'uses require()', 'no require', unseen)] : [];
      case 'ExportAllDeclaration':
        return [breach(where, 'uses export *', 'exports are named', 'what a file offers is read in the file')];
      case 'ExportDefaultDeclaration':
        return [breach(where, 'exports a default', 'exports are named', 'one thing has one name everywhere')];
      case 'ImportSpecifier':
      case 'ExportSpecifier':
        return node['importKind'] === 'type' || node['exportKind'] === 'type'
          ? [
              breach(
                where,
                'marks one name as a type',
                'import type { X }',
                'the inline form still loads the module at run time',
              ),
            ]
          : [];
      case 'TSAsExpression':
      case 'TSTypeAssertion':
        return isConst(node) || path === 'src/values.ts'
          ? []
          : [breach(where, 'casts', 'as only in values.ts, or as const', 'a cast is a claim that nobody checks')];
      case 'TSAnyKeyword':
        return path === GENERATED
          ? []
          : [breach(where, 'says any', 'no any', 'it switches the checker off for all it touches')];
      case 'Identifier':
        return readsProcess(node, parent) && !PROCESS_USERS.has(path) ? [processBreach(where)] : [];
      case 'NewExpression':
      case 'MemberExpression':
        return readsTheTime(node) && path.startsWith('src/benefits/')
          ? [breach(where, 'reads the time', 'benefits has no clock', 'a moment is an argument')]
          : [];
      default:
        return [];
    }
  });
}

/** Where arguments are parsed, and what every command shares. */
const PROCESS_USERS: ReadonlySet<string> = new Set(['src/cli.ts', 'src/cli-program.ts']);

function processBreach(where: string): string {
  return breach(
    where,
    'uses process',
    'only cli.ts and cli-program.ts do',
    'arguments, environment and exit codes are its own business',
  );
}

function isNamed(node: unknown, name: string): boolean {
  return isNode(node) && node.type === 'Identifier' && node['name'] === name;
}

function isConst(node: SyntaxNode): boolean {
  const annotation = node['typeAnnotation'];
  return isNode(annotation) && isNamed(annotation['typeName'], 'const');
}

/** Tells `process`, and `globalThis.process`, from a member or key of that name. */
function readsProcess(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (node['name'] !== 'process') return false;
  if (parent?.type === 'MemberExpression' && parent['property'] === node)
    return isNamed(parent['object'], 'globalThis');
  return parent?.['key'] !== node;
}

function readsTheTime(node: SyntaxNode): boolean {
  if (node.type === 'MemberExpression') return isNamed(node['object'], 'Date') && isNamed(node['property'], 'now');
  return isNamed(node['callee'], 'Date') && Array.isArray(node['arguments']) && node['arguments'].length === 0;
}
