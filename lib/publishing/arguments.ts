/** The data of an event's arguments on a plain stream. */
export function argumentsData(args: readonly unknown[]): unknown {
  return args.length > 1 ? args : args[0];
}
