/**
 * Puts values in for `{name}` placeholders. Other braces stay as they are: they may be the program's own.
 * @param values by placeholder name, without braces
 */
export function substitute(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? values[name]! : whole));
}

/** `substitute` in every argument of a command. */
export function substituteCommand(
  command: readonly [string, ...string[]],
  values: Readonly<Record<string, string>>,
): [string, ...string[]] {
  const [program, ...args] = command;
  return [substitute(program, values), ...args.map((argument) => substitute(argument, values))];
}
