import { didYouMean } from '@preopen/core';
import { type Argument, type Command, InvalidArgumentError, type Option } from 'commander';

/** Refuses a word that is none of the choices with the one that was probably meant. */
function suggestChoice(of: Option | Argument): void {
  const { argChoices: choices } = of;
  // Arguments keep their parser as options do, though only those of options declare it.
  const { parseArg } = of as Option;
  if (choices === undefined || parseArg === undefined) return;
  of.argParser<unknown>((word, before) => {
    if (choices.includes(word)) return parseArg(word, before);
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.${didYouMean(word, choices)}`);
  });
}

/** Suggests for every argument and flag with choices, in all commands. */
export function suggestChoices(command: Command): void {
  for (const one of [...command.options, ...command.registeredArguments]) suggestChoice(one);
  for (const inner of command.commands) suggestChoices(inner);
}
