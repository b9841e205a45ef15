/**
 * Who is where and what is published when: read by the servers, which publish
 * by it, and by the client, which checks every delivery against it.
 */
export const SHAPES = ['one', 'sets', 'filtered'];
export const SETS = 100;

/** What the client at an index asks for. */
export function placeOf(index) {
  return { set: index % SETS, group: index % 2 === 0 ? 'a' : 'b' };
}

export function pathOf(index) {
  const { set, group } = placeOf(index);
  return `/sse?set=${set}&group=${group}`;
}

/** The channels of a stream, from the `set` of its url. */
export function channelsOf(shape, set) {
  return shape === 'sets' ? ['common', `set-${set}`] : ['common'];
}

/** Where a step publishes, and to which group when the shape filters. */
export function stepOf(shape, step) {
  if (shape === 'sets' && step % 2 === 1) {
    return { channel: `set-${(step >> 1) % SETS}`, group: undefined };
  }
  if (shape === 'filtered') {
    return { channel: 'common', group: step % 2 === 0 ? 'a' : 'b' };
  }
  return { channel: 'common', group: undefined };
}

/** Steps that bring a client about `events` events, in every shape. */
export function stepsFor(shape, events) {
  return shape === 'one' ? events : events * 2;
}

/** The sequence numbers a client must receive, in order. */
export function expectedSeqs(shape, from, steps, index) {
  const { set, group } = placeOf(index);
  const seqs = [];
  for (let step = 0; step < steps; step++) {
    const target = stepOf(shape, step);
    if (target.channel !== 'common' && target.channel !== `set-${set}`)
      continue;
    if (target.group !== undefined && target.group !== group) continue;
    seqs.push(from + step);
  }
  return seqs;
}
