/** What this package promises, of both adapters unless it says which. */
const FAN_OUT = 'paced one 1000';
const BURST = 'burst one 1000';
const IDLE = 'idle 5000';
const REPLAY = 'replay 1000';

/** `at`: the figure; `most` or `least`: its bound. */
export function targetsOf(results, platform) {
  const mine = `channels-${platform}`;
  const sse = `nest-sse-${platform}`;
  const over = (scenario, figure, peer) =>
    results.ratio(scenario, peer, figure, mine);
  const live = results.median(FAN_OUT, mine, 'cpu');
  const replayed = results.median(REPLAY, mine, 'cpu');
  return [
    {
      what: 'paced delivery, to the floor',
      at: results.ratio(FAN_OUT, mine, 'cpu'),
      most: 1.15,
    },
    {
      what: 'paced delivery, better-sse to it',
      at: over(FAN_OUT, 'cpu', 'better-sse'),
      least: 2.5,
    },
    {
      what: 'paced delivery, @Sse to it',
      at: over(FAN_OUT, 'cpu', sse),
      least: 3,
    },
    {
      what: 'burst delivery, better-sse to it',
      at: over(BURST, 'cpu', 'better-sse'),
      least: 50,
    },
    {
      what: 'burst delivery, @Sse to it',
      at: over(BURST, 'cpu', sse),
      least: 50,
    },
    platform === 'fastify'
      ? {
          what: 'memory of an idle connection, to the floor',
          at: results.ratio(IDLE, mine, 'rss'),
          most: 1.5,
        }
      : {
          what: 'memory of an idle connection, to the bare Nest route',
          at: results.ratio(IDLE, mine, 'rss', 'nest-bare-express'),
          most: 1.3,
        },
    {
      what: 'a connect, to @Sse',
      at: results.ratio(IDLE, mine, 'cpu', sse),
      most: 1,
    },
    {
      what: 'a replayed event, to a live one',
      at:
        live === undefined || replayed === undefined
          ? undefined
          : replayed / live,
      most: 3,
    },
    {
      what: '15,000 connections on one process, deliveries verified',
      at:
        results.figures('crowd 15000', mine, 'cpu').length > 0 ? 1 : undefined,
      least: 1,
    },
  ]
    .filter(({ at }) => at !== undefined)
    .map((target) => ({
      ...target,
      met:
        (target.most === undefined || target.at <= target.most) &&
        (target.least === undefined || target.at >= target.least),
    }));
}
