import { SHAPES, stepsFor } from './plan.mjs';

/**
 * Deliveries a measured round aims at: the same for each number of clients, so
 * that every figure rests on the same amount of work.
 */
const DELIVERIES = 200_000;
const REPLAYED = 500;
const IDLE = 5_000;
const CROWD = 15_000;

/** The scenarios of a run, each on a server process of its own. */
export function scenariosOf({ clients, kinds }) {
  const all = [
    ...clients.flatMap((count) =>
      SHAPES.flatMap((shape) => [
        { kind: 'paced', shape, clients: count },
        { kind: 'burst', shape, clients: count },
      ]),
    ),
    { kind: 'idle', shape: 'one', clients: IDLE },
    { kind: 'replay', shape: 'one', clients: 1_000 },
    { kind: 'crowd', shape: 'one', clients: CROWD },
  ];
  return all.filter(({ kind }) => kinds === undefined || kinds.includes(kind));
}

export function nameOf({ kind, shape, clients }) {
  return kind === 'paced' || kind === 'burst'
    ? `${kind} ${shape} ${clients}`
    : `${kind} ${clients}`;
}

/** @returns figures by name; CPU in microseconds, memory in bytes */
export async function measure(scenario, server, client, port) {
  const run = { scenario, server, client, port, from: 1 };
  switch (scenario.kind) {
    case 'paced':
    case 'burst':
      return fanOut(run);
    case 'idle':
      return idle(run);
    case 'replay':
      return replay(run);
    default:
      return crowd(run);
  }
}

async function fanOut(run) {
  const { scenario, server } = run;
  const { kind, clients, shape } = scenario;
  const events = Math.max(10, Math.round(DELIVERIES / clients));
  await openAll(run, clients);
  // Code is warm after some tens of thousands of deliveries, whoever makes them.
  await round(run, kind, stepsFor(shape, Math.ceil(events / 4)));
  await server.ask('mark');
  let deliveries = 0;
  let cpu;
  // One tick's worth may cost next to nothing: go on until it can be measured.
  for (let rounds = 0; rounds < 20; rounds++) {
    deliveries += await round(run, kind, stepsFor(shape, events));
    cpu = await server.ask('cpu');
    if (cpu.user + cpu.system > 1_000_000) break;
  }
  return perUnit(cpu, deliveries);
}

async function idle(run) {
  const { scenario, server, client, port } = run;
  await client.ask('warm', { port, count: 500 });
  const before = await server.ask('memory');
  await server.ask('mark');
  await client.ask('open', { port, count: scenario.clients });
  const cpu = await server.ask('cpu');
  await allCounted(run, scenario.clients);
  const after = await server.ask('memory');
  await client.ask('verify');
  return {
    ...perUnit(cpu, scenario.clients),
    rss: (after.rss - before.rss) / scenario.clients,
    heap: (after.heap - before.heap) / scenario.clients,
  };
}

async function replay(run) {
  const { scenario, server, client, port } = run;
  await client.ask('warm', { port, count: 200 });
  // A first client learns a cursor that stands before all that is replayed.
  await openAll(run, 1);
  await round(run, 'paced', 1);
  const lastEventId = await client.ask('lastId');
  await client.ask('close');
  await allCounted(run, 0);
  await server.ask('paced', { from: run.from, steps: REPLAYED });
  const resume = (count) =>
    client.ask('open', { port, count, lastEventId, expect: REPLAYED });
  await resume(50);
  await client.ask('delivered', { timeout: 60_000 });
  await client.ask('close');
  await allCounted(run, 0);

  await server.ask('mark');
  await resume(scenario.clients);
  await client.ask('delivered', { timeout: 120_000 });
  const cpu = await server.ask('cpu');
  await client.ask('verify');
  return perUnit(cpu, scenario.clients * REPLAYED);
}

async function crowd(run) {
  const { scenario, server, client } = run;
  const before = await server.ask('memory');
  await openAll(run, scenario.clients);
  await server.ask('mark');
  const deliveries = await round(run, 'paced', 10);
  const cpu = await server.ask('cpu');
  const after = await server.ask('memory');
  await client.ask('verify');
  return {
    ...perUnit(cpu, deliveries),
    rss: (after.rss - before.rss) / scenario.clients,
    heap: (after.heap - before.heap) / scenario.clients,
  };
}

async function openAll(run, count) {
  await run.client.ask('open', { port: run.port, count });
  await allCounted(run, count);
}

/** A server may take a turn more than its client to know who came and went. */
async function allCounted({ server }, count) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const counted = await server.ask('count');
    if (counted === count) return;
    if (Date.now() > deadline) {
      throw new Error(`The server counts ${counted} streams, not ${count}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Publishes, and waits until every client has what it was to get. */
async function round(run, kind, steps) {
  const { scenario, server, client, from } = run;
  const plan = { shape: scenario.shape, from, steps };
  const deliveries = await client.ask('expect', plan);
  await server.ask(kind, plan);
  await client.ask('delivered', { timeout: 120_000 });
  await client.ask('verify');
  run.from += steps;
  return deliveries;
}

function perUnit({ user, system }, units) {
  return {
    cpu: (user + system) / units,
    user: user / units,
    system: system / units,
  };
}
