import { FLOOR } from './catalog.mjs';
import { nameOf } from './scenarios.mjs';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Every single figure, and their medians and ratios to the floor. */
export class Results {
  samples = [];
  failures = [];
  servers = new Map();

  add(scenario, server, figures) {
    this.samples.push({ scenario: nameOf(scenario), server, ...figures });
  }

  fail(scenario, server, error) {
    this.failures.push({
      scenario: nameOf(scenario),
      server,
      message: String(error?.message ?? error).split('\n')[0],
    });
  }

  figures(scenario, server, figure) {
    return this.samples
      .filter(
        (sample) => sample.scenario === scenario && sample.server === server,
      )
      .map((sample) => sample[figure])
      .filter((value) => value !== undefined);
  }

  median(scenario, server, figure) {
    const values = this.figures(scenario, server, figure);
    return values.length === 0 ? undefined : median(values);
  }

  ratio(scenario, server, figure, to = FLOOR) {
    const value = this.median(scenario, server, figure);
    const base = this.median(scenario, to, figure);
    return value === undefined || base === undefined ? undefined : value / base;
  }
}
