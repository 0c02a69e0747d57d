import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { parseAst } from 'vitest/node';

/** Text of files by their path from the root of the repository, with slashes: real ones, or planted in memory. */
export type Files = Readonly<Record<string, string>>;

/** A node of the syntax tree (ESTree with TypeScript). */
export interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** One `import … from` or `export … from`. */
export interface ImportedModule {
  /** As written. */
  readonly from: string;
  /** Path from the root for a relative import, else undefined: a package or a part of Node. */
  readonly path: string | undefined;
  /** True only when nothing is left of it at run time. */
  readonly isType: boolean;
  /** Names as the other module exports them; `default`; `*` for all of it. Empty when it is loaded for its effect. */
  readonly names: readonly string[];
}

/** A TypeScript file that was read. */
export interface Module {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly ImportedModule[];
  /** Every node, outer before inner, each with the one it stands in. */
  readonly nodes: readonly { readonly node: SyntaxNode; readonly parent: SyntaxNode | undefined }[];
}

/** Every file under a folder of the repository. */
export function filesUnder(folder: string, root = join(import.meta.dirname, '../..')): Files {
  const found = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    found.map((path) => [relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')]),
  );
}

/** Reads one TypeScript file. @throws SyntaxError when it is none */
export function readModule(path: string, text: string): Module {
  const program = parseAst(text, { lang: 'ts' }, path);
  const nodes = [...walk(program, undefined)];
  return { path, text, nodes, imports: nodes.flatMap(({ node }) => toImport(path, node)) };
}

/** Line on which a node starts, from 1. */
export function lineOf({ text }: Module, node: SyntaxNode): number {
  return text.slice(0, Number(node['start'])).split('\n').length;
}

function* walk(value: unknown, parent: SyntaxNode | undefined): Generator<Module['nodes'][number]> {
  if (Array.isArray(value)) {
    for (const each of value) yield* walk(each, parent);
  } else if (isNode(value)) {
    yield { node: value, parent };
    for (const field of Object.values(value)) yield* walk(field, value);
  }
}

/** Tells whether a value is a node of the syntax tree. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function toImport(path: string, node: SyntaxNode): ImportedModule[] {
  const source = node['source'];
  if (!/^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type) || !isNode(source)) return [];
  const from = String(source['value']);
  const specifiers = Array.isArray(node['specifiers']) ? node['specifiers'].filter(isNode) : [];
  return [
    {
      from,
      path: from.startsWith('.') ? posix.join(posix.dirname(path), from) : undefined,
      isType: node['importKind'] === 'type' || node['exportKind'] === 'type',
      names: node.type === 'ExportAllDeclaration' ? ['*'] : specifiers.map(nameOf),
    },
  ];
}

function nameOf(specifier: SyntaxNode): string {
  if (specifier.type === 'ImportNamespaceSpecifier') return '*';
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  const name = specifier.type === 'ExportSpecifier' ? specifier['local'] : specifier['imported'];
  return isNode(name) ? String(name['name'] ?? name['value']) : '';
}
