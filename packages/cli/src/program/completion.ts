import { Argument } from 'commander';
import { type Shell, shells } from '../completion.ts';
import type { Registrar } from './registrar.ts';

/** `preopen completion`. */
export const registerCompletion: Registrar = (program, streams, finish) => {
  program
    .command('completion')
    .summary('print the completion script of a shell')
    .description(
      `Print the script that completes commands, flags, suites, checks and metrics:

  bash   source <(preopen completion bash)      in ~/.bashrc
  zsh    source <(preopen completion zsh)       in ~/.zshrc, after compinit
  fish   preopen completion fish > ~/.config/fish/completions/preopen.fish`,
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action(async (shell: Shell) => {
      const { completionCommand } = await import('../commands/completion.ts');
      finish(completionCommand(program, shell, streams));
    });
};
