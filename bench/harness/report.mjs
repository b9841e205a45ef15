import { availableParallelism, cpus } from 'node:os';
import { readFileSync, writeFileSync } from 'node:fs';
import { targetsOf } from './targets.mjs';

const readme = new URL('../README.md', import.meta.url);
const START = '<!-- results -->';
const END = '<!-- /results -->';

/** All tables as one text of Markdown. */
export function reportOf(results, { servers, scenarios, runs }) {
  const clients = [
    ...new Set(scenarios.filter(isFanOut).map((scenario) => scenario.clients)),
  ];
  const rows = servers.filter((server) => results.servers.has(server));
  const parts = [setting(runs)];
  for (const count of clients) {
    const columns = scenarios
      .filter((scenario) => isFanOut(scenario) && scenario.clients === count)
      .map(({ kind, shape }) => ({
        head: `${kind}, ${HEADS[shape]}`,
        scenario: `${kind} ${shape} ${count}`,
        figure: 'cpu',
        format: microseconds,
      }));
    parts.push(
      `### CPU per delivery, ${count.toLocaleString('en')} clients, to the floor`,
      ratios(results, rows, columns),
      `The same in microseconds (user + system):`,
      absolutes(results, rows, columns),
    );
  }
  const rest = OTHERS.filter(({ scenario }) =>
    results.samples.some((sample) => sample.scenario === scenario),
  );
  if (rest.length > 0) {
    parts.push(
      '### Connections and replay, to the floor',
      ratios(results, rows, rest),
      'The same in microseconds (user + system) and KiB:',
      absolutes(results, rows, rest),
    );
  }
  parts.push('### What ran', ranTable(results, rows));
  const targets = targetLines(results);
  if (targets.length > 0) parts.push('### Targets', targets);
  if (results.failures.length > 0) {
    parts.push(
      '### Failed',
      results.failures
        .map((f) => `- ${f.server}, ${f.scenario}: ${f.message}`)
        .join('\n'),
    );
  }
  return parts.join('\n\n');
}

const HEADS = {
  one: 'one set',
  sets: '100 sets',
  filtered: 'filtered',
};

const OTHERS = [
  {
    head: 'memory, idle (RSS)',
    scenario: 'idle 5000',
    figure: 'rss',
    format: kibibytes,
  },
  {
    head: 'memory, idle (heap)',
    scenario: 'idle 5000',
    figure: 'heap',
    format: kibibytes,
  },
  {
    head: 'connect',
    scenario: 'idle 5000',
    figure: 'cpu',
    format: microseconds,
  },
  {
    head: 'replayed event',
    scenario: 'replay 1000',
    figure: 'cpu',
    format: microseconds,
  },
  {
    head: 'paced, 15,000 clients',
    scenario: 'crowd 15000',
    figure: 'cpu',
    format: microseconds,
  },
];

function isFanOut({ kind }) {
  return kind === 'paced' || kind === 'burst';
}

function setting(runs) {
  const model = cpus()[0]?.model.trim() ?? 'unknown CPU';
  const date = new Date().toISOString().slice(0, 10);
  return (
    `${date}, Node ${process.versions.node}, ${process.platform} ${process.arch}, ` +
    `${availableParallelism()} cores (${model}); medians of ${runs} alternating run${runs === 1 ? '' : 's'}.`
  );
}

function ratios(results, rows, columns) {
  return table(results, rows, columns, ({ scenario, figure }, server) => {
    const ratio = results.ratio(scenario, server, figure);
    return ratio === undefined ? '–' : rounded(ratio);
  });
}

function absolutes(results, rows, columns) {
  return table(results, rows, columns, (column, server) => {
    const { scenario, figure, format } = column;
    const value = results.median(scenario, server, figure);
    if (value === undefined) return '–';
    if (figure !== 'cpu') return format(value);
    const user = results.median(scenario, server, 'user');
    const system = results.median(scenario, server, 'system');
    return `${format(value)} (${format(user)} + ${format(system)})`;
  });
}

function table(results, rows, columns, cell) {
  return markdown(
    ['server', ...columns.map(({ head }) => head)],
    rows.map((server) => [
      results.servers.get(server).title,
      ...columns.map((column) => cell(column, server)),
    ]),
  );
}

function ranTable(results, rows) {
  return markdown(
    ['server', 'versions', 'switched on'],
    rows.map((server) => {
      const { title, versions, on } = results.servers.get(server);
      const named = Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ');
      return [title, named, on];
    }),
  );
}

function targetLines(results) {
  return ['fastify', 'express']
    .flatMap((platform) =>
      targetsOf(results, platform).map(({ what, at, most, least, met }) => {
        const bound =
          most === undefined ? `at least ${least}` : `at most ${most}`;
        return `- ${met ? 'met' : '**missed**'}, ${platform}: ${what}: ${rounded(at)} (${bound})`;
      }),
    )
    .join('\n');
}

function markdown(heads, rows) {
  const lines = [heads, heads.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function rounded(number) {
  if (number >= 100) return number.toFixed(0);
  return number >= 10 ? number.toFixed(1) : number.toFixed(2);
}

function microseconds(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}

function kibibytes(value) {
  return (value / 1024).toFixed(1);
}

/** Puts the tables between the marks of bench/README.md. */
export function writeReport(report) {
  const text = readFileSync(readme, 'utf8');
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (start === -1 || end < start) {
    throw new Error(`bench/README.md lacks ${START} … ${END}.`);
  }
  writeFileSync(
    readme,
    `${text.slice(0, start + START.length)}\n\n${report}\n\n${text.slice(end)}`,
  );
}
