// Loaded first in every thread of a process: whoever commits waits so many milliseconds more for the disk (`?ms=5`), and its
// thread with it, as a sync does.
import { DatabaseSync } from 'node:sqlite';

const ms = Number(new URL(import.meta.url).searchParams.get('ms'));
if (!(ms > 0)) throw new Error('say how slow the disk is');
const pause = new Int32Array(new SharedArrayBuffer(4));
const { prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.prepare = function (sql: string) {
  const statement = prepare.call(this, sql);
  if (sql !== 'COMMIT') return statement;
  const run = statement.run.bind(statement);
  statement.run = () => {
    Atomics.wait(pause, 0, 0, ms);
    return run();
  };
  return statement;
};
