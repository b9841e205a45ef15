import { execFileSync } from 'node:child_process';

/** Of each process, besides its connections. */
const OTHER_FILES = 200;

/**
 * How many connections a process may hold here: Node raises its limit of open
 * files to the hard one by itself.
 */
export function connectionLimit() {
  if (process.platform === 'win32') return Infinity;
  try {
    const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], {
      encoding: 'utf8',
    }).trim();
    return limit === 'unlimited' ? Infinity : Number(limit) - OTHER_FILES;
  } catch {
    return Infinity;
  }
}
