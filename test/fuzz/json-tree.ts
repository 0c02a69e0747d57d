import type { WireResponse } from '../../src/upstream.ts';

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const DEEP = 20_000;

/** The answer with another tree. One that is no JSON stays as it is. */
export function inJson(answer: WireResponse, change: (tree: Json) => Json | undefined): WireResponse {
  const tree = treeOf(answer);
  if (tree === undefined) return answer;
  return { ...answer, body: new TextEncoder().encode(JSON.stringify(change(tree)) ?? '') };
}

function treeOf({ body }: WireResponse): Json | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as Json;
  } catch {
    return undefined;
  }
}

/** No serialiser goes as deep, so the depth is put in as text. */
export function withDeepPlace(answer: WireResponse, at: number): WireResponse {
  const mark = 'the deep place';
  const marked = inJson(answer, (tree) => replacedAt(tree, at % sizeOf(tree), () => mark));
  const text = new TextDecoder().decode(marked.body);
  const deep = `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`;
  return { ...marked, body: new TextEncoder().encode(text.replace(`"${mark}"`, deep)) };
}

/** Whether a place has members with names. */
export function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How many places a tree has, itself among them. */
export function sizeOf(tree: Json): number {
  if (typeof tree !== 'object' || tree === null) return 1;
  return Object.values(tree).reduce((sum: number, member: Json) => sum + sizeOf(member), 1);
}

/** The tree with its place of that number, counted from itself, changed; undefined takes it out. */
export function replacedAt(tree: Json, place: number, change: (value: Json) => Json | undefined): Json | undefined {
  if (place === 0 || typeof tree !== 'object' || tree === null) return change(tree);
  let left = place - 1;
  const members = Object.entries(tree).flatMap(([name, member]: [string, Json]): [string, Json][] => {
    const size = sizeOf(member);
    const isHere = left >= 0 && left < size;
    const value = isHere ? replacedAt(member, left, change) : member;
    left -= size;
    return value === undefined ? [] : [[name, value]];
  });
  return Array.isArray(tree) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

/** The tree with all that holds nothing else changed. */
export function everyLeaf(tree: Json, change: (leaf: Json) => Json): Json {
  if (typeof tree !== 'object' || tree === null) return change(tree);
  if (Array.isArray(tree)) return tree.map((member: Json) => everyLeaf(member, change));
  return Object.fromEntries(Object.entries(tree).map(([name, member]) => [name, everyLeaf(member, change)]));
}
