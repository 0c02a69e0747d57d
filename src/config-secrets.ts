import { isAbsolute } from 'node:path';
import type { SecretReader } from './config-values.ts';

/** Where secrets are kept. */
export interface SecretSources {
  /** Empty values count as absent. `PORT`, `DATA_DIR` and `LOG_LEVEL` win over the file; others serve `{"env": …}`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Reads a file that a `{"file": …}` names: its bytes, without which a keystore has to be kept in base64, or its text. Throws when
   * it cannot, with the system's `code` if there is one.
   */
  readonly readFile: (path: string) => string | Uint8Array;
  /** Where paths are seen from that do not begin at the root, to be told when nothing is there. */
  readonly directory?: string;
}

/** Reads secrets; says of one that cannot be had what was looked for and what became of it. */
export function secretReader({ env, readFile, directory }: SecretSources): SecretReader {
  return (reference, form) => {
    if ('env' in reference) {
      const variable = looksLikeVariable(reference.env) ? reference.env : 'a variable of the environment';
      const text = Object.hasOwn(env, reference.env) ? env[reference.env] : undefined;
      return text ? { text } : { flaw: `names ${variable}, which is ${text === undefined ? 'not set' : 'empty'}` };
    }
    const isPath = looksLikePath(reference.file);
    const file = isPath ? reference.file : 'a file';
    try {
      const text = textOf(readFile(reference.file), form);
      return text.trim() === '' ? { flaw: `names ${file}, which is empty` } : { text };
    } catch (error) {
      const isRelative = isPath && directory !== undefined && !isAbsolute(reference.file);
      const folder = isRelative ? ` (looked in ${directory})` : '';
      return { flaw: `names ${file}, which ${whyNot(error)}${folder}` };
    }
  };
}

/** Somebody may have put the secret itself there, which is not shown: whatever is as long in one piece as keys are. */
function looksLikeVariable(text: string): boolean {
  return /^[A-Z][A-Z\d_]{0,63}$/.test(text) && !/[A-Z\d]{20}/.test(text);
}

/** The same of a path: nor what has neither a folder nor the ending of a file. */
function looksLikePath(text: string): boolean {
  return (
    /^[\p{L}\d_. :/\\~-]{1,199}$/u.test(text) &&
    /[/\\]|\.[a-z][a-z\d]{1,4}$/i.test(text) &&
    !/[\p{L}\d_-]{40}/u.test(text)
  );
}

function whyNot(error: unknown): string {
  switch (error instanceof Error && 'code' in error && error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read';
    case 'EISDIR':
      return 'is a folder';
    default:
      return 'cannot be read';
  }
}

function textOf(content: string | Uint8Array, form: 'text' | 'base64'): string {
  if (typeof content === 'string') return content;
  const bytes = Buffer.from(content);
  // Base64 in a file is base64 already.
  return form === 'text' || isBase64(bytes) ? bytes.toString() : bytes.toString('base64');
}

function isBase64(bytes: Buffer): boolean {
  return /^[A-Za-z\d+/\s]+=*\s*$/.test(bytes.toString('latin1'));
}
