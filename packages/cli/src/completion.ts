import type { Command, Option } from 'commander';

/** Shells for which a completion script can be written. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** One command as a shell sees it. */
interface Entry {
  /** Names from the program down, without it: `[]`, `['market']`, `['market', 'calendar']`. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly flags: readonly {
    readonly name: string;
    readonly summary: string;
    readonly values: readonly string[] | undefined;
  }[];
  /** What its arguments may be; empty where only their user knows. */
  readonly words: readonly string[];
}

/** Words that the program's own declarations do not hold, by flag and by command. */
export interface KnownWords {
  /** By long flag, such as `--suite`. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
  /** By the command's path, such as `explain` or `market calendar`. */
  readonly arguments: Readonly<Record<string, readonly string[]>>;
}

const valuesOf = (option: Option, { flags }: KnownWords): readonly string[] | undefined =>
  option.argChoices ?? flags[option.long ?? ''] ?? (option.required || option.optional ? [] : undefined);

/** First sentence of a description, on one line. */
const brief = (text: string): string => text.replace(/\s+/g, ' ').split(/(?<=\.) /)[0] ?? '';

function entriesOf(command: Command, known: KnownWords, path: readonly string[] = []): Entry[] {
  const visible = command.commands.filter((one) => one.name() !== 'help');
  return [
    {
      path,
      commands: visible.map((one) => ({ name: one.name(), summary: brief(one.summary() || one.description()) })),
      flags: command.options
        .filter(({ long, hidden }) => long && !hidden)
        .map((option) => ({ name: option.long!, summary: brief(option.description), values: valuesOf(option, known) })),
      words: [
        ...(known.arguments[path.join(' ')] ?? []),
        ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
      ],
    },
    ...visible.flatMap((one) => entriesOf(one, known, [...path, one.name()])),
  ];
}

const label = ({ path }: Entry): string => path.join('/');
/** Text between single quotes for bash and zsh, which know no escape there. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** Summary in zsh's `name:summary`. */
const described = (name: string, summary: string): string => quoted(`${name.replaceAll(':', '\\:')}:${summary}`);

function walk(program: string, entries: readonly Entry[], array: string, from: string, to: string): string {
  const paths = entries.filter(({ path }) => path.length > 0).map((entry) => `/${label(entry)}`);
  return [
    `  for ((i = ${from}; i < ${to}; i++)); do`,
    `    case "$at/\${${array}[i]}" in`,
    `      ${paths.join('|')}) at="$at/\${${array}[i]}" ;;`,
    '    esac',
    `  done # which command of ${program} is being typed`,
  ].join('\n');
}

function bash(program: string, entries: readonly Entry[]): string {
  const values = entries.flatMap((entry) =>
    entry.flags.flatMap(({ name, values: words }) =>
      words && words.length > 0
        ? [
            `    ${quoted(`${label(entry)} ${name}`)}) COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$word")); return ;;`,
          ]
        : [],
    ),
  );
  const words = entries.map((entry) => {
    const names = [...entry.commands.map(({ name }) => name), ...entry.words].join(' ');
    const flags = [...entry.flags.map(({ name }) => name), '--help'].join(' ');
    return `    ${quoted(label(entry))}) names=${quoted(names)} flags=${quoted(flags)} ;;`;
  });
  return `# bash completion of ${program}; in ~/.bashrc: source <(${program} completion bash)
_${program}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} at= names= flags= i
${walk(program, entries, 'COMP_WORDS', '1', 'COMP_CWORD')}
  at=\${at#/}
  case "$at $before" in
${values.join('\n')}
  esac
  case "$at" in
${words.join('\n')}
  esac
  if [[ $word == -* ]]; then names=$flags; fi
  COMPREPLY=($(compgen -W "$names" -- "$word"))
}
complete -o default -F _${program} ${program}
`;
}

function zsh(program: string, entries: readonly Entry[]): string {
  const values = entries.flatMap((entry) =>
    entry.flags.flatMap(({ name, values: words }) =>
      words && words.length > 0
        ? [`    ${quoted(`${label(entry)} ${name}`)}) compadd -- ${words.map(quoted).join(' ')}; return ;;`]
        : [],
    ),
  );
  const words = entries.map((entry) => {
    const names = [
      ...entry.commands.map(({ name, summary }) => described(name, summary)),
      ...entry.words.map((word) => described(word, '')),
    ];
    const flags = [
      ...entry.flags.map(({ name, summary }) => described(name, summary)),
      described('--help', 'print this help'),
    ];
    return `    ${quoted(label(entry))}) names=(${names.join(' ')}) flags=(${flags.join(' ')}) ;;`;
  });
  return `#compdef ${program}
# zsh completion of ${program}; in ~/.zshrc, after compinit: source <(${program} completion zsh)
_${program}() {
  local at= i
  local -a names flags
${walk(program, entries, 'words', '2', 'CURRENT')}
  at=\${at#/}
  case "$at \${words[CURRENT - 1]}" in
${values.join('\n')}
  esac
  case "$at" in
${words.join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then names=($flags); fi
  if (( \${#names} )); then _describe ${program} names; else _files; fi
}
compdef _${program} ${program}
`;
}

/** fish takes a backslash as an escape even between single quotes. */
const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function fish(program: string, entries: readonly Entry[]): string {
  const lines = entries.flatMap((entry) => {
    const seen = entry.path.map((name) => `__fish_seen_subcommand_from ${name}`);
    const deeper = entry.commands.map(({ name }) => name).join(' ');
    const here = [
      ...(seen.length > 0 ? seen : []),
      ...(deeper === '' ? [] : [`not __fish_seen_subcommand_from ${deeper}`]),
    ];
    const when = here.length > 0 ? ` -n ${fishQuoted(here.join('; and '))}` : '';
    const whenFlag = seen.length > 0 ? ` -n ${fishQuoted(seen.join('; and '))}` : when;
    return [
      ...entry.commands.map(
        ({ name, summary }) => `complete -c ${program} -f${when} -a ${fishQuoted(name)} -d ${fishQuoted(summary)}`,
      ),
      ...(entry.words.length > 0 ? [`complete -c ${program} -f${when} -a ${fishQuoted(entry.words.join(' '))}`] : []),
      ...entry.flags.map(({ name, summary, values }) => {
        const takes = values === undefined ? '' : values.length > 0 ? ` -x -a ${fishQuoted(values.join(' '))}` : ' -r';
        return `complete -c ${program}${whenFlag} -l ${name.slice(2)}${takes} -d ${fishQuoted(summary)}`;
      }),
    ];
  });
  return `# fish completion of ${program}: ${program} completion fish > ~/.config/fish/completions/${program}.fish\n${lines.join('\n')}\n`;
}

/**
 * A script that completes commands, flags and known words in a shell; it holds them all, so that no key press has to
 * start the command.
 */
export function completionScript(program: Command, shell: Shell, known: KnownWords): string {
  const write = { bash, zsh, fish }[shell];
  return write(program.name(), entriesOf(program, known));
}
