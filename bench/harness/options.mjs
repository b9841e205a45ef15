import { parseArgs } from 'node:util';
import { FLOOR, SERVERS } from './catalog.mjs';

const KINDS = ['paced', 'burst', 'idle', 'replay', 'crowd'];

export const USAGE = `npm run bench -- [options]

  --servers a,b    only these (the floor always runs): ${SERVERS.join(', ')}
  --only a,b       only these kinds: ${KINDS.join(', ')}
  --shapes a,b     only these fan-outs: one, sets, filtered
  --clients n,m    numbers of clients for the fan-out, default 1000,5000
  --runs n         runs to take medians of, default 5
  --quick          1,000 clients, one run, without the 15,000
  --json file      keep every single figure in this file
  --write          put the tables into bench/README.md
`;

/** @throws with a message for the reader when a flag makes no sense */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      servers: { type: 'string' },
      only: { type: 'string' },
      shapes: { type: 'string' },
      clients: { type: 'string' },
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const chosen = list(values.servers, SERVERS, '--servers');
  return {
    help: values.help,
    quick: values.quick,
    write: values.write,
    json: values.json,
    servers: SERVERS.filter(
      (server) => server === FLOOR || (chosen ?? SERVERS).includes(server),
    ),
    kinds:
      list(values.only, KINDS, '--only') ??
      (values.quick ? KINDS.filter((kind) => kind !== 'crowd') : KINDS),
    shapes: list(values.shapes, ['one', 'sets', 'filtered'], '--shapes'),
    clients:
      values.clients?.split(',').map((n) => count(n, '--clients')) ??
      (values.quick ? [1_000] : [1_000, 5_000]),
    runs: count(values.runs ?? (values.quick ? '1' : '5'), '--runs'),
  };
}

function list(value, known, flag) {
  if (value === undefined) return undefined;
  const names = value.split(',');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`${flag} does not know ${unknown.join(', ')}.`);
  }
  return names;
}

function count(value, flag) {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) {
    throw new Error(`${flag} wants whole numbers from 1, not '${value}'.`);
  }
  return number;
}
