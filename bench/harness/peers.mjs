import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bench = fileURLToPath(new URL('..', import.meta.url));

/** The peers live here alone, so that the package itself stays lean. */
export function installPeers() {
  if (existsSync(new URL('../node_modules/better-sse', import.meta.url)))
    return;
  const { status } = spawnSync(
    'npm',
    ['install', '--prefix', bench, '--no-audit', '--no-fund'],
    { stdio: 'inherit', shell: process.platform === 'win32' },
  );
  if (status !== 0) throw new Error('The peers could not be installed.');
}
