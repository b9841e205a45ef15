import { writeFileSync } from 'node:fs';
import { isBuilt, isOurs, moduleOf, offers } from './harness/catalog.mjs';
import { Child } from './harness/child.mjs';
import { connectionLimit } from './harness/limits.mjs';
import { readOptions, USAGE } from './harness/options.mjs';
import { installPeers } from './harness/peers.mjs';
import { reportOf, writeReport } from './harness/report.mjs';
import { Results } from './harness/results.mjs';
import { measure, nameOf, scenariosOf } from './harness/scenarios.mjs';

const clientModule = new URL('./client.mjs', import.meta.url);

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return;
  }
  installPeers();
  if (!isBuilt()) {
    console.error('This package is left out: run `npm run build` first.');
    options.servers = options.servers.filter((server) => !isOurs(server));
  }
  const limit = connectionLimit();
  const scenarios = scenariosOf(options).filter((scenario) => {
    if (
      options.shapes !== undefined &&
      !options.shapes.includes(scenario.shape)
    ) {
      return false;
    }
    if (scenario.clients <= limit) return true;
    console.error(
      `${nameOf(scenario)} is left out: it needs more open files than allowed here (ulimit -Hn is ${limit + 200}).`,
    );
    return false;
  });
  const results = new Results();
  for (let run = 0; run < options.runs; run++) {
    for (const scenario of scenarios) {
      // Every other run goes the other way round: a machine that warms up or
      // tires favours nobody.
      const servers = options.servers.filter((s) => offers(s, scenario));
      if (run % 2 === 1) servers.reverse();
      for (const server of servers) {
        await one(results, scenario, server, run);
      }
    }
  }
  const report = reportOf(results, { ...options, scenarios });
  console.log(`\n${report}`);
  if (options.json !== undefined) {
    writeFileSync(options.json, JSON.stringify(results.samples, null, 1));
  }
  if (options.write) writeReport(report);
  if (results.failures.length > 0) process.exitCode = 1;
}

async function one(results, scenario, name, run) {
  const started = Date.now();
  const server = new Child(moduleOf(name), { execArgv: ['--expose-gc'] });
  const client = new Child(clientModule);
  try {
    const { port, ...about } = await server.ask('start', {
      shape: scenario.shape,
      history: scenario.kind === 'replay',
    });
    results.servers.set(name, about);
    const figures = await measure(scenario, server, client, port);
    results.add(scenario, name, figures);
    log(scenario, name, run, figures, Date.now() - started);
  } catch (error) {
    results.fail(scenario, name, error);
    console.error(`${nameOf(scenario)}, ${name}: ${error.message}`);
  } finally {
    await Promise.all([server.stop(), client.stop()]);
  }
}

function log(scenario, name, run, figures, took) {
  const shown = Object.entries(figures)
    .map(([figure, value]) => `${figure} ${Number(value.toPrecision(3))}`)
    .join(', ');
  console.error(
    `run ${run + 1}, ${nameOf(scenario)}, ${name}: ${shown} [${(took / 1000).toFixed(1)} s]`,
  );
}

await main();
